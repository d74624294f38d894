export { RunningApplication, type Address, type StreamedEvent } from './running-application.js';
export { readFilter } from './trace-filter.js';
