import { AsyncLocalStorage } from 'node:async_hooks';
import {
  channel,
  tracingChannel,
  type Channel,
  type TracingChannel,
} from 'node:diagnostics_channel';
import { callSite } from './call-site.js';
import type { Cause, EntryTrace, ReceiverTrace, SendTrace } from './traces.js';

/** Tracing channel `signals:entry`: its context is an {@link EntryTrace}. */
export const entryChannel: TracingChannel<unknown, EntryTrace> = tracingChannel('signals:entry');

/** Tracing channel `signals:send`: its context is a {@link SendTrace}. */
export const sendChannel: TracingChannel<unknown, SendTrace> = tracingChannel('signals:send');

/** Tracing channel `signals:receiver`: its context is a {@link ReceiverTrace}. */
export const receiverChannel: TracingChannel<unknown, ReceiverTrace> =
  tracingChannel('signals:receiver');

/** Plain channel `signals:transaction`: its message is a `TransactionTrace`. */
export const transactionChannel = channel('signals:transaction');

/** Plain channel `signals:callback`: its message is a `CallbackTrace` whose state changed. */
export const callbackChannel = channel('signals:callback');

/** Plain channel `signals:query`: its message is a `QueryTrace`. */
export const queryChannel = channel('signals:query');

/** Plain channel `signals:bypass`: its message is a `BypassTrace`. */
export const bypassChannel = channel('signals:bypass');

/** Plain channel `signals:delivery`: its message is a `DeliveryTrace`. */
export const deliveryChannel = channel('signals:delivery');

const causes = new AsyncLocalStorage<Cause>();
let sitesWanted = 0;
/** Until the first trace that asks for it. */
let knownSite: string | undefined;

/** What the calling context belongs to; known only while somebody listens to a channel. */
export function currentCause(): Cause | undefined {
  return causes.getStore();
}

/** Runs the work of a cause inside something, and answers what the work answers. */
export type Surroundings = <T>(cause: Cause, work: () => T) => T;

let surroundings: readonly Surroundings[] = [];

/**
 * Has whatever runs for a cause run inside something else too, such as the context of a tracer, until
 * it is disposed. Asked after the channel has told that the cause begins, and only while somebody
 * listens. What `bindStore` of a channel does, for contexts that are no `AsyncLocalStorage`.
 */
export function surround(added: Surroundings): Disposable {
  surroundings = [...surroundings, added];
  return {
    [Symbol.dispose]: () => {
      surroundings = surroundings.filter((other) => other !== added);
    },
  };
}

/** Runs work with this as the cause of what happens inside. */
export function causedBy<T>(cause: Cause, work: () => T): T {
  if (surroundings.length === 0) return causes.run(cause, work);
  return causes.run(
    cause,
    surroundings.reduce<() => T>((inner, around) => () => around(cause, inner), work),
  );
}

/** Makes this the cause of what follows in the calling context, where no function encloses that. */
export function resumeCause(cause: Cause): void {
  causes.enterWith(cause);
}

/**
 * Runs work as a span of a channel, with itself as the cause of what happens inside. Tells what
 * `tracePromise` of the channel tells, and runs inside the stores that are bound to it, for fewer
 * promises.
 */
export function traced<C extends Cause, T>(
  spans: TracingChannel<unknown, C>,
  span: C,
  work: () => T | Promise<T>,
): Promise<T> {
  return spans.start.runStores(span, () => toldOf(spans, span, work));
}

async function toldOf<C extends Cause, T>(
  { end, error, asyncStart, asyncEnd }: TracingChannel<unknown, C>,
  span: C & { result?: T; error?: unknown },
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    const result = await begun(end, span, work);
    span.result = result;
    return result;
  } catch (reason) {
    span.error = reason;
    error.publish(span);
    throw reason;
  } finally {
    asyncStart.publish(span);
    asyncEnd.publish(span);
  }
}

/** The part that runs before the caller goes on. */
function begun<T>(end: Channel, span: Cause, work: () => T): T {
  try {
    return causedBy(span, work);
  } finally {
    end.publish(span);
  }
}

/**
 * Has the traces of sends, callbacks and bypassing writes carry `site`, until it is disposed. Each
 * of them then costs a captured stack, some 10 microseconds.
 */
export function traceSites(): Disposable {
  let wanted = 1;
  sitesWanted += wanted;
  return {
    [Symbol.dispose]: () => {
      sitesWanted -= wanted;
      wanted = 0;
    },
  };
}

/** The calling site, when anybody asked for sites. */
export function siteWhenWanted(): string | undefined {
  if (sitesWanted === 0) return undefined;
  const site = knownSite ?? callSite();
  knownSite = undefined;
  return site;
}

/** Sends as from another site, where the stack no longer leads to it. */
export function sentFrom<T>(site: string | undefined, send: () => T): T {
  knownSite = site;
  try {
    return send();
  } finally {
    knownSite = undefined;
  }
}
