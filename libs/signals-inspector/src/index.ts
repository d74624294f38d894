export type {
  DeadLetter,
  DeadLetterDesk,
  DeadLetterFilter,
  DeliveryCounts,
  DurableDesk,
  EndedLetter,
  PendingDelivery,
  PendingState,
} from './dead-letter-desk.js';
export { inspectorAction, type ActedLetter, type InspectorAction } from './inspector-action.js';
export { inspectorToken } from './http/local-access.js';
export { Inspector } from './inspector.js';
export { InspectorModule, type InspectorModuleAsyncOptions } from './inspector.module.js';
export {
  InspectorAccessError,
  type Access,
  type AccessResolver,
  type CaughtMail,
  type ExampleRequest,
  type InspectorOptions,
  type Operator,
} from './inspector-options.js';
export type { ShownSpan, ShownTrace } from './http/viewer.js';
export { Recorder, type RecorderOptions } from './recorder/recorder.js';
export { hasEffects, sentenceOf, type TitleOf } from './recorder/sentence.js';
export { summaryOf } from './recorder/summary.js';
export type { TraceSummary } from './recorder/trace-summary.js';
export type { NotRun, Outcome, ShownError, Span, SpanKind, Trace } from './recorder/trace.js';
export {
  DEFAULT_RETENTION,
  TraceStore,
  type Retention,
  type StoreState,
} from './recorder/trace-store.js';
