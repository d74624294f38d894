export type { Addressee } from './addressees.js';
export { clearDeliveries, type ClearOptions } from './clear-deliveries.js';
export { PoolTooSmallError } from './connection-share.js';
export type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  EarlierDeath,
  EndedLetter,
} from './dead-letter.js';
export {
  DeadLetterNotFoundError,
  type DeadLetters,
  type ReplayOptions,
  type ReplayReport,
} from './dead-letters.js';
export {
  DataSourceNotInitializedError,
  DurableNotStartedError,
} from './durable-not-started.error.js';
export type { DeliveryCounts } from './delivery-counts.js';
export type { DurableHealth, DurableSession } from './durable-session.js';
export { DurableSignals, durableSignals } from './durable-signals.js';
export type { DurableSignalsOptions } from './durable-signals-options.js';
export { OtherDataSourceError } from './engine.js';
export { NonRetryableError, UncertainEffectError } from './non-retryable.error.js';
export type { PendingDelivery, PendingState } from './pending-deliveries.js';
export { ReplayTargetError } from './replay-targets.js';
export { SeveralApplicationsError } from './several-applications.error.js';
export { SchemaNameError } from './schema-name.js';
export { SchemaPermissionError, SchemaVersionError } from './schema.errors.js';
export { AttemptEndedError, AttemptTransactionError } from './sealing.js';
export { UnstorablePayloadError } from './storable-payload.js';
export { UnreadableDeliveryError, type StoredDelivery } from './stored-delivery.js';
