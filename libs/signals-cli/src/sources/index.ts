export { DeclaredPlaces } from './declared-places.js';
export {
  type Channel,
  type DeferredEffect,
  type Effect,
  type ExternalEffect,
  type InstanceWrite,
  type LeafEffect,
  type SendEffect,
  type Site,
  type TransactionEffect,
  type WriteEffect,
} from './effects.js';
export type { DefinedSignal } from './signal-names.js';
export { readSourceCode, type MethodInSource, type SourceCode } from './source-code.js';
export type { Place } from './sources.js';
