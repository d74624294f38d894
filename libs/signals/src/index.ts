/// <reference lib="esnext.disposable" preserve="true" />

// Before all that makes a Disposable.
import './symbol-dispose.js';

export { AlreadyAttachedError } from './already-attached.error.js';
export {
  consoleErrorSink,
  guardedSink,
  report,
  runCallbacks,
  type ErrorSink,
} from './callbacks.js';
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
} from './channels.js';
export { changed, couldMeet, created, updated, type UntoldWrite } from './conditions.js';
export { DurableOutsideTransactionError, UnknownReceiverError } from './deliveries.js';
export type {
  DeliveryDesk,
  IncomingDelivery,
  OutgoingDelivery,
  OutgoingEvent,
} from './deliveries.js';
export type {
  DurableEffect,
  DurableInfo,
  DurableOptions,
  UncertainPolicy,
} from './durable-options.js';
export { callSite } from './call-site.js';
export { otherCopies, ownCopy, SeveralCopiesError, type PackageCopy } from './copies.js';
export { detached } from './detached.js';
export { attachAll } from './dispose-all.js';
export type { IntegrationHost, IntegrationSession, SignalsIntegration } from './integration.js';
export { listen, type Ended, type SpanListener, type TraceListeners } from './listening.js';
export type { MuteFilter } from './muting.js';
export type { ObservedSend, SendObserver } from './observed-send.js';
export { NoManagerError } from './receiver-context.js';
export type {
  DurableReceiverContext,
  Manager,
  ManagerRegistry,
  ReceiverContext,
} from './receiver-context.js';
export { possibleHomes, type Address } from './delivery-home.js';
export { failedReceiver } from './receiver-failure.js';
export type {
  AnyReceiverOptions,
  DurableReceiverFunction,
  DurableReceiverOptions,
  ImmediatePhase,
  ImmediateReceiverOptions,
  Phase,
  ReceiverCondition,
  ReceiverFunction,
  ReceiverInfo,
  ReceiverOptions,
  ReceiverResult,
} from './receiver.js';
export { ReceiverDeclarationError } from './receiver-declaration.error.js';
export { DuplicateReceiverError } from './registry.js';
export { relayTo, type PublishMessages, type RelayMessage } from './relay.js';
export { InvalidReferenceError } from './invalid-reference.error.js';
export { copyOfData, frozenCopyOf } from './payload-copy.js';
export { SignalCycleError } from './signal-cycle.js';
export {
  defineLifecycleSignal,
  defineSignal,
  InvalidSignalNameError,
  nameOfSender,
} from './signal.js';
export type {
  AnySignal,
  FixedPayload,
  LifecycleSignalDefinition,
  PayloadKind,
  PayloadOf,
  PayloadStore,
  Sender,
  SenderClass,
  Signal,
  SignalCategory,
  SignalDefinition,
  SignalOf,
  StoredPayloadOf,
  StoreRequest,
} from './signal.js';
export { SignalsClosedError } from './signals-closed.error.js';
export { SignalsNotConnectedError } from './signals-not-connected.error.js';
export type { Expectation, SendOptions, SignalsOptions } from './signals-options.js';
export { Signals } from './signals.js';
export { isStorableText, storableText } from './storable-text.js';
export type {
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
  TransactionPlace,
  TransactionTrace,
} from './traces.js';
export { TransactionEffects } from './transaction-effects.js';
export { NoTransactionError, TransactionEndedError } from './transaction.js';
export type {
  EffectOptions,
  OutsideTransactionPolicy,
  Transaction,
  TransactionCallback,
  TransactionSource,
  WorkUnderWay,
} from './transaction.js';
export { runOutsideTransaction } from './outside-transaction.js';
