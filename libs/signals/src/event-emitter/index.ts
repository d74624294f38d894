export { eventEmitterSignals } from './event-emitter-signals.js';
