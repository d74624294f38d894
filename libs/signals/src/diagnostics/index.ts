/// <reference lib="esnext.disposable" preserve="true" />

// Before all that makes a Disposable.
import '../symbol-dispose.js';

export { callSite } from '../core/diagnostics/call-site.js';
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
} from '../core/diagnostics/channels.js';
export {
  listen,
  type Ended,
  type SpanListener,
  type TraceListeners,
} from '../core/diagnostics/listen.js';
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
} from '../core/diagnostics/traces.js';
