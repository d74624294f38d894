export type { Addressee } from './addressees.js';
export type { DeadLetter, DeadLetterFilter, EarlierDeath, EndedLetter } from './dead-letter.js';
export {
  DeadLetterNotFoundError,
  type DeadLetters,
  type ReplayOptions,
  type ReplayReport,
} from './dead-letters.js';
export { DurableNotStartedError } from './durable-not-started.error.js';
export type { DeliveryCounts } from './delivery-counts.js';
export type { DurableHealth, DurableSession } from './durable-session.js';
export { DurableSignals, durableSignals } from './durable-signals.js';
export type { DurableSignalsOptions } from './durable-signals-options.js';
export { OtherDataSourceError } from './engine.js';
export { NonRetryableError, UncertainEffectError } from './non-retryable.error.js';
export type { PendingDelivery, PendingState } from './pending-deliveries.js';
export { ReplayTargetError } from './replay-targets.js';
export { SeveralApplicationsError } from './several-applications.error.js';
export { AttemptEndedError } from './sealing.js';
export {
  UnreadableDeliveryError,
  UnstorablePayloadError,
  type StoredDelivery,
} from './stored-delivery.js';
