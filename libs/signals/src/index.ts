/// <reference lib="esnext.disposable" preserve="true" />

// Before all that makes a Disposable.
import './symbol-dispose.js';

export { AlreadyAttachedError } from './core/already-attached.error.js';
export {
  consoleErrorSink,
  guardedSink,
  report,
  runCallbacks,
  type ErrorSink,
} from './core/error-sink.js';
export {
  bypassChannel,
  callbackChannel,
  causedBy,
  currentCause,
  deliveryChannel,
  entryChannel,
  queryChannel,
  receiverChannel,
  resumeCause,
  sendChannel,
  sentFrom,
  siteWhenWanted,
  surround,
  traced,
  traceSites,
  transactionChannel,
  type Surroundings,
} from './core/diagnostics/channels.js';
export {
  changed,
  couldMeet,
  created,
  updated,
  type ColumnOf,
  type UntoldWrite,
} from './core/conditions.js';
export { DurableOutsideTransactionError, UnknownReceiverError } from './core/outbox/outbox.js';
export type {
  Outbox,
  IncomingDelivery,
  OutgoingDelivery,
  OutgoingEvent,
} from './core/outbox/outbox.js';
export type {
  DurableEffect,
  DurableInfo,
  DurableOptions,
  UnknownOutcomePolicy,
} from './core/durable-options.js';
export { callSite } from './core/diagnostics/call-site.js';
export { otherCopies, ownCopy, SeveralCopiesError, type PackageCopy } from './core/copies.js';
export { detached } from './core/detached.js';
export { attachAll } from './core/dispose-all.js';
export type {
  IntegrationHost,
  IntegrationSession,
  SignalsIntegration,
} from './core/integration.js';
export {
  listen,
  type Ended,
  type SpanListener,
  type TraceListeners,
} from './core/diagnostics/listen.js';
export type { MuteFilter } from './core/registry/muting.js';
export type { ObservedSend, SendObserver } from './core/observed-send.js';
export { NoManagerError } from './core/dispatch/receiver-context.js';
export { possibleTargets, type Address } from './core/outbox/delivery-target.js';
export { failedReceiver } from './core/dispatch/receiver-failure.js';
export type {
  AnyReceiverOptions,
  DurableReceiverContext,
  DurableReceiverFunction,
  DurableReceiverOptions,
  ImmediatePhase,
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
} from './core/receiver.js';
export { ReceiverDeclarationError } from './core/receiver-declaration.error.js';
export { DuplicateReceiverError } from './core/registry/registry.js';
export { relayTo, type PublishMessages, type RelayMessage } from './core/outbox/relay.js';
export { InvalidReferenceError } from './core/invalid-reference.error.js';
export { copyOfData, frozenCopyOf } from './core/dispatch/payload-copy.js';
export { SignalCycleError } from './core/dispatch/cycle-guard.js';
export {
  defineLifecycleSignal,
  defineSignal,
  InvalidSignalNameError,
  nameOfSender,
} from './core/signal.js';
export type {
  AnySignal,
  FixedPayload,
  LifecycleSignalDefinition,
  PayloadKind,
  PayloadOf,
  PayloadSerializer,
  Sender,
  SenderClass,
  Signal,
  SignalCategory,
  SignalDefinition,
  SignalOf,
  SerializedPayloadOf,
  SerializeRequest,
} from './core/signal.js';
export { SignalsClosedError } from './core/signals-closed.error.js';
export { SignalsNotConnectedError } from './core/signals-not-connected.error.js';
export type { Expectation, SendOptions, SignalsOptions } from './core/signals-options.js';
export { Signals } from './core/signals.js';
export { isStorableText, storableText } from './core/storable-text.js';
export type {
  Application,
  BypassTrace,
  CallbackTrace,
  Cause,
  DeliveryTrace,
  DropReason,
  EntryTrace,
  QueryTrace,
  ReceiverTrace,
  SendTrace,
  SkippedReceiver,
  SkipReason,
  Trace,
  TransactionTrace,
} from './core/diagnostics/traces.js';
export { CallbackLog } from './core/callbacks/callback-log.js';
export { NoTransactionError, TransactionEndedError } from './core/transaction.js';
export type {
  CallbackOptions,
  OutsideTransactionPolicy,
  Transaction,
  TransactionCallback,
  TransactionPlace,
  TransactionSource,
  WorkUnderWay,
} from './core/transaction.js';
export { runOutsideTransaction } from './core/callbacks/outside-transaction.js';
