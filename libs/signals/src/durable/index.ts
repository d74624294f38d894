export type { DeadLetter, DeadLetterFilter, EarlierDeath } from './dead-letter.js';
export {
  DeadLetterNotFoundError,
  type DeadLetters,
  type ReplayOptions,
  type ReplayReport,
} from './dead-letters.js';
export {
  DurableNotStartedError,
  DurableSignals,
  durableSignals,
  type DurableHealth,
  type DurableSignalsOptions,
} from './durable-signals.js';
export { NonRetryableError, UncertainEffectError } from './non-retryable.error.js';
export {
  UnreadableDeliveryError,
  UnstorablePayloadError,
  type StoredDelivery,
} from './stored-delivery.js';
