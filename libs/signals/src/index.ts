export * from './core/index.js';
export { Receiver } from './nestjs/receiver.decorator.js';
export { SeveralSignalsModulesError } from './nestjs/several-modules.error.js';
export type { SignalsModuleOptions } from './nestjs/signals-module-options.js';
export { Transactional } from './nestjs/transactional.decorator.js';
export { SignalsModule, type SignalsModuleAsyncOptions } from './nestjs/signals.module.js';
