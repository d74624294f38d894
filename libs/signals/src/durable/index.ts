export type { ReceiverBacklog } from './engine/addressees.js';
export { clearDeliveries, type ClearOptions } from './engine/clear-deliveries.js';
export { PoolTooSmallError } from './engine/connection-share.js';
export type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  EarlierDeath,
  ResolvedLetter,
} from './dead-letters/dead-letter.js';
export {
  DeadLetterNotFoundError,
  type DeadLetters,
  type ReplayOptions,
  type ReplayReport,
} from './dead-letters/dead-letters.js';
export {
  DataSourceNotInitializedError,
  DurableNotStartedError,
} from './durable-not-started.error.js';
export type { DeliveryCounts } from './engine/delivery-counts.js';
export type { DurableHealth, DurableSession } from './durable-session.js';
export { DurableReceiver } from './durable-receiver.decorator.js';
export { DurableSignals, durableSignals } from './durable-signals.js';
export type { DurableSignalsOptions } from './durable-signals-options.js';
export { OtherDataSourceError } from './engine/engine.js';
export { NonRetryableError, UnknownOutcomeError } from './non-retryable.error.js';
export type { PendingDelivery, PendingState } from './engine/pending-deliveries.js';
export { ReplayTargetError } from './dead-letters/replay-targets.js';
export { SeveralApplicationsError } from './several-applications.error.js';
export { SchemaNameError } from './engine/schema-name.js';
export { SchemaPermissionError, SchemaVersionError } from './engine/schema.errors.js';
export { UnsupportedEngineError } from './engine/supported-tables.js';
export { AttemptEndedError, AttemptTransactionError } from './engine/closed-runner.js';
export { UnstorablePayloadError } from './outbox/storable-payload.js';
export { UnreadableDeliveryError, type StoredDelivery } from './outbox/stored-delivery.js';
