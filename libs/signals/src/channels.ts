import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, tracingChannel, type TracingChannel } from 'node:diagnostics_channel';
import type { ReceiverInfo } from './receiver.js';
import type { AnySignal, Sender } from './signal.js';

/** What happened inside which: the send of a receiver, the receiver of a nested send. */
export type Cause = SendTrace | ReceiverTrace;

/** One send, from its start to its end. */
export interface SendTrace {
  readonly kind: 'send';
  readonly signal: AnySignal;
  readonly sender: Sender | null;
  readonly payload: unknown;
  /** The receivers that the send reaches, in their order. */
  readonly receivers: readonly ReceiverInfo[];
  readonly robust: boolean;
  readonly cause: Cause | undefined;
}

/** One run of one receiver, in whatever phase. */
export interface ReceiverTrace {
  readonly kind: 'receiver';
  readonly receiver: ReceiverInfo;
  /** The send that the receiver runs for; a deferred one runs after it has ended. */
  readonly send: SendTrace | undefined;
  readonly cause: Cause | undefined;
}

/** Something that became of a transaction, told once the database has answered. */
export interface TransactionTrace {
  readonly event:
    'begin' | 'savepoint' | 'release' | 'rollbackTo' | 'committed' | 'rolledBack' | 'unknown';
  /** The same number for all that is told of one transaction of this process. */
  readonly transaction: number;
  readonly savepoint: string | undefined;
  readonly cause: Cause | undefined;
}

/** Tracing channel `signals:send`: its context is a {@link SendTrace}. */
export const sendChannel: TracingChannel<unknown, SendTrace> = tracingChannel('signals:send');

/** Tracing channel `signals:receiver`: its context is a {@link ReceiverTrace}. */
export const receiverChannel: TracingChannel<unknown, ReceiverTrace> =
  tracingChannel('signals:receiver');

/** Plain channel `signals:transaction`: its message is a {@link TransactionTrace}. */
export const transactionChannel = channel('signals:transaction');

const causes = new AsyncLocalStorage<Cause>();

/** What the calling context belongs to; known only while somebody listens to a channel. */
export function currentCause(): Cause | undefined {
  return causes.getStore();
}

/** Runs work as a span of a channel, with itself as the cause of what happens inside. */
export function traced<C extends Cause, T>(
  spans: TracingChannel<unknown, C>,
  span: C,
  work: () => T | Promise<T>,
): Promise<T> {
  return spans.tracePromise(() => causes.run(span, async () => work()), span);
}
