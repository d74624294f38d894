import { originOf } from './callback-origin.js';
import { report } from '../error-sink.js';
import {
  callbackChannel,
  causedBy,
  currentCause,
  siteWhenWanted,
} from '../diagnostics/channels.js';
import type { CallbackTrace } from '../diagnostics/traces.js';
import type { TransactionCallback } from '../transaction.js';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What whoever takes a callback knows of it. */
interface Registered extends Pick<CallbackTrace, 'application' | 'place'> {
  readonly label: string | undefined;
}

/** The trace of a callback that has just been registered; undefined when nobody listens. */
export function traceCallback(
  on: CallbackTrace['on'],
  callback: TransactionCallback,
  { application, label, place }: Registered,
): CallbackTrace | undefined {
  if (!callbackChannel.hasSubscribers) return undefined;
  const origin = originOf(callback);
  const trace: CallbackTrace = {
    kind: 'callback',
    application: origin?.by.application ?? application,
    on,
    state: 'queued',
    label: label ?? origin?.what ?? (callback.name || 'A callback without a name'),
    receiver: origin?.by.receiver,
    isReceiver: origin?.by.isReceiver ?? false,
    send: origin?.by.send,
    place,
    reason: undefined,
    error: undefined,
    site: siteWhenWanted(),
    cause: currentCause(),
  };
  callbackChannel.publish(trace);
  return trace;
}

/** Tells that a callback will never run. */
export function traceDrop(trace: CallbackTrace, reason: CallbackTrace['reason']): void {
  change(trace, { state: 'dropped', reason });
}

/** Runs a callback and tells of it; what it fails with is reported or thrown as without a trace. */
export async function runTracedCallback(
  trace: CallbackTrace,
  callback: TransactionCallback,
): Promise<void> {
  const origin = originOf(callback);
  change(trace, { state: 'running' });
  try {
    await causedBy(trace, async () => (origin?.work ?? callback)());
  } catch (error) {
    change(trace, { state: 'failed', error });
    if (!origin) throw error;
    report(origin.sink, error, `${origin.what} failed`);
    return;
  }
  change(trace, { state: 'ran' });
}

function change(trace: CallbackTrace, to: Partial<CallbackTrace>): void {
  Object.assign(trace as Mutable<CallbackTrace>, to);
  callbackChannel.publish(trace);
}
