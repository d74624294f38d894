import { context, type Attributes, type Context } from '@opentelemetry/api';
import type { CallbackTrace } from '../diagnostics/index.js';
import { codeAttributes, placeAttributes } from './attributes.js';
import { fail, type Spans } from './spans.js';

/**
 * Spans of what ran at the end of a transaction, as children of what queued it. A deferred receiver
 * has a span as receiver, and none as callback.
 */
export class CallbackSpans {
  /** The contexts in which callbacks were queued. */
  readonly #queuedIn = new WeakMap<CallbackTrace, Context>();

  constructor(private readonly spans: Spans) {}

  changed(callback: CallbackTrace): void {
    const { state, error } = callback;
    if (state === 'queued') this.#queuedIn.set(callback, context.active());
    else if (state === 'running') this.#running(callback);
    else if (state === 'dropped') this.#dropped(callback);
    else this.#ended(callback, state === 'failed' ? { error } : undefined);
  }

  #running(callback: CallbackTrace): void {
    const parent = this.#queuedIn.get(callback) ?? context.active();
    if (callback.isReceiver) this.spans.enter(callback, parent);
    else this.#begin(callback, parent);
  }

  #begin(callback: CallbackTrace, parent: Context): void {
    const attributes = attributesOf(callback);
    this.spans.begin(callback, nameOf(callback), { attributes }, parent);
  }

  #ended(callback: CallbackTrace, failure: { readonly error: unknown } | undefined): void {
    const span = this.spans.open(callback);
    if (!span) return;
    span.setAttribute('signals.outcome', failure ? 'failed-isolated' : 'ok');
    if (failure) fail(span, failure.error, true);
    span.end();
  }

  /** What a commit would have run and did not; that undoing was not needed is no news. */
  #dropped(callback: CallbackTrace): void {
    const { on, reason = 'unknown' } = callback;
    if (on === 'rollback' || reason === 'replaced') return;
    this.#begin(callback, this.#queuedIn.get(callback) ?? context.active());
    const span = this.spans.open(callback);
    span?.setAttributes({ 'signals.outcome': 'dropped', 'signals.drop_reason': reason });
    span?.end();
  }
}

/** Low in cardinality where it is a receiver's; else what the application calls it. */
function nameOf({ on, label, receiver }: CallbackTrace): string {
  return `on${on} ${receiver?.dispatchUid ?? label}`;
}

function attributesOf({ label, receiver, isReceiver, place, site }: CallbackTrace): Attributes {
  return {
    'signals.label': label,
    ...(receiver && { 'signals.receiver': receiver.dispatchUid }),
    ...(isReceiver && receiver && { 'signals.phase': receiver.phase }),
    ...placeAttributes(place),
    ...codeAttributes(site),
  };
}
