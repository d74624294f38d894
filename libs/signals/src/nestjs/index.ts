export { Receiver } from './receiver.decorator.js';
export { SignalsModule, type SignalsModuleAsyncOptions } from './signals.module.js';
export type { SignalsModuleOptions } from './signals-module-options.js';
