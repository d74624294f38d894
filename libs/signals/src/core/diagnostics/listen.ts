import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { report, type ErrorSink } from '../error-sink.js';
import type {
  Application,
  BypassTrace,
  CallbackTrace,
  DeliveryTrace,
  EntryTrace,
  QueryTrace,
  ReceiverTrace,
  SendTrace,
  Trace,
  TransactionTrace,
} from './traces.js';

/** A trace at its end: it carries an `error`, which may be undefined itself, only when it failed. */
export type Ended<T> = T & { readonly error?: unknown };

/** Is told when something begins and, whatever became of it, when it ends. */
export interface SpanListener<T> {
  start?(trace: T): void;
  end?(trace: Ended<T>): void;
}

/** What a tool wants to be told, by channel. */
export interface TraceListeners {
  readonly entry?: SpanListener<EntryTrace>;
  readonly send?: SpanListener<SendTrace>;
  readonly receiver?: SpanListener<ReceiverTrace>;
  callback?(trace: CallbackTrace): void;
  transaction?(trace: TransactionTrace): void;
  query?(trace: QueryTrace): void;
  bypass?(trace: BypassTrace): void;
  delivery?(trace: DeliveryTrace): void;
}

type Listener = (trace: never) => void;

/**
 * Listens to the channels, for one application only, until it is disposed. What a listener throws is
 * reported: on a bare channel it would end the process. Channels that no listener is for stay as
 * they are, and cost nothing.
 */
export function listen(
  listeners: TraceListeners,
  { signals, onError }: { readonly signals: Application; readonly onError: ErrorSink },
): Disposable {
  const subscriptions = Object.entries(channelsOf(listeners)).flatMap(([name, listener]) => {
    if (!listener) return [];
    const told = (trace: unknown): void => {
      if ((trace as Trace).application !== signals) return;
      try {
        listener(trace as never);
      } catch (error) {
        report(onError, error, `A listener of ${name} failed`);
      }
    };
    subscribe(name, told);
    return [{ name, told }];
  });
  return {
    [Symbol.dispose]: () => {
      for (const { name, told } of subscriptions) unsubscribe(name, told);
    },
  };
}

function channelsOf(listeners: TraceListeners): Record<string, Listener | undefined> {
  const { entry, send, receiver } = listeners;
  return {
    'tracing:signals:entry:start': entry?.start?.bind(entry),
    'tracing:signals:entry:asyncEnd': entry?.end?.bind(entry),
    'tracing:signals:send:start': send?.start?.bind(send),
    'tracing:signals:send:asyncEnd': send?.end?.bind(send),
    'tracing:signals:receiver:start': receiver?.start?.bind(receiver),
    'tracing:signals:receiver:asyncEnd': receiver?.end?.bind(receiver),
    'signals:callback': listeners.callback?.bind(listeners),
    'signals:transaction': listeners.transaction?.bind(listeners),
    'signals:query': listeners.query?.bind(listeners),
    'signals:bypass': listeners.bypass?.bind(listeners),
    'signals:delivery': listeners.delivery?.bind(listeners),
  };
}
