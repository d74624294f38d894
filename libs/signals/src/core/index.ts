/// <reference lib="esnext.disposable" preserve="true" />

// Before all that makes a Disposable.
import '../symbol-dispose.js';

export { AlreadyAttachedError } from './already-attached.error.js';
export { changed, created, updated, type ColumnOf } from './conditions.js';
export { SeveralCopiesError } from './copies.js';
export { SignalCycleError } from './dispatch/cycle-guard.js';
export { NoManagerError } from './dispatch/receiver-context.js';
export { failedReceiver } from './dispatch/receiver-failure.js';
export type { DurableEffect, DurableOptions, UnknownOutcomePolicy } from './durable-options.js';
export { consoleErrorSink, type ErrorSink } from './error-sink.js';
export { InvalidReferenceError } from './invalid-reference.error.js';
export { DurableOutsideTransactionError } from './outbox/outbox.js';
export { ReceiverDeclarationError } from './receiver-declaration.error.js';
export type {
  DurableReceiverContext,
  DurableReceiverFunction,
  DurableReceiverOptions,
  ImmediateReceiverOptions,
  Manager,
  ManagerRegistry,
  Phase,
  ReceiverCondition,
  ReceiverContext,
  ReceiverFunction,
  ReceiverInfo,
  ReceiverOptions,
  ReceiverResult,
} from './receiver.js';
export type { MuteFilter } from './registry/muting.js';
export { DuplicateReceiverError } from './registry/registry.js';
export {
  defineSignal,
  InvalidSignalNameError,
  type AnySignal,
  type PayloadOf,
  type Sender,
  type Signal,
  type SignalDefinition,
  type SerializedPayloadOf,
} from './signal.js';
export { adminOf, type SignalsAdmin } from './signals-admin.js';
export { SignalsClosedError } from './signals-closed.error.js';
export { SignalsNotConnectedError } from './signals-not-connected.error.js';
export type { SendOptions, SignalsOptions } from './signals-options.js';
export { Signals } from './signals.js';
export {
  NoTransactionError,
  TransactionEndedError,
  type CallbackOptions,
  type OutsideTransactionPolicy,
  type TransactionCallback,
} from './transaction.js';
export { Transactions, type TransactionOptions } from './transactions.js';
