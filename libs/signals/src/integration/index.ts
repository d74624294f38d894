/// <reference lib="esnext.disposable" preserve="true" />

// Before all that makes a Disposable.
import '../symbol-dispose.js';

export { CallbackLog } from '../core/callbacks/callback-log.js';
export { runOutsideTransaction } from '../core/callbacks/outside-transaction.js';
export { couldMeet, type UntoldWrite } from '../core/conditions.js';
export { otherCopies, ownCopy, type PackageCopy } from '../core/copies.js';
export { detached } from '../core/detached.js';
export { copyOfData, frozenCopyOf } from '../core/dispatch/payload-copy.js';
export { attachAll } from '../core/dispose-all.js';
export type { DurableInfo } from '../core/durable-options.js';
export { guardedSink, report, runCallbacks } from '../core/error-sink.js';
export type {
  IntegrationHost,
  IntegrationSession,
  SignalsIntegration,
} from '../core/integration.js';
export type { ObservedSend, SendObserver } from '../core/observed-send.js';
export { possibleTargets, type Address } from '../core/outbox/delivery-target.js';
export {
  UnknownReceiverError,
  type Outbox,
  type IncomingDelivery,
  type OutgoingDelivery,
  type OutgoingEvent,
} from '../core/outbox/outbox.js';
export { relayTo, type PublishMessages, type RelayMessage } from '../core/outbox/relay.js';
export type { AnyReceiverOptions, ImmediatePhase } from '../core/receiver.js';
export {
  defineLifecycleSignal,
  nameOfSender,
  type FixedPayload,
  type LifecycleSignalDefinition,
  type PayloadKind,
  type PayloadSerializer,
  type SenderClass,
  type SignalCategory,
  type SignalOf,
  type SerializeRequest,
} from '../core/signal.js';
export type { Connection } from '../core/signals-options.js';
export { callerFolder } from '../own-file.js';
export { isStorableText, storableText } from '../core/storable-text.js';
export type {
  Transaction,
  TransactionPlace,
  TransactionSource,
  WorkUnderWay,
} from '../core/transaction.js';
export { hostOf, type SignalsHost } from '../core/signals-host.js';
export {
  UnknownDataSourceError,
  type IsolationLevel,
  type TransactionRunner,
} from '../core/transactions.js';
