import { adminOf, type ReceiverInfo, type Signals } from '../core/index.js';
import { nameOfSender } from '../integration/index.js';
import type {
  BypassTrace,
  CallbackTrace,
  Ended,
  ReceiverTrace,
  SendTrace,
  TraceListeners,
} from '../diagnostics/index.js';
import type { Counter, Histogram } from './client.js';
import type { Maker } from './metric-maker.js';

const DROP_REASONS = ['rolledBack', 'replaced', 'unknown'] as const;

/** Counts what the channels tell. Labels take what the application declares, and nothing of a request. */
export class Metrics implements TraceListeners {
  readonly #sent: Counter;
  readonly #durations: Histogram;
  readonly #failures: Counter;
  readonly #dropped: Counter;
  readonly #bypassing: Counter;
  readonly #startedAt = new WeakMap<object, number>();

  readonly send = { start: (send: SendTrace) => this.#sent.inc({ signal: send.signal.name }) };

  readonly receiver = {
    start: (run: ReceiverTrace) => void this.#startedAt.set(run, performance.now()),
    end: (run: Ended<ReceiverTrace>) => this.#ran(run),
  };

  constructor(maker: Maker, buckets: readonly number[]) {
    this.#sent = maker.counter('signals_sent_total', 'Sends, heard or not.', ['signal']);
    this.#durations = maker.histogram(
      'signals_receiver_duration_seconds',
      'How long receivers ran, with what they waited for.',
      ['receiver'],
      buckets,
    );
    this.#failures = maker.counter(
      'signals_receiver_failures_total',
      'Failed runs of receivers, by what a failure does: abort the sender, isolate, or retry.',
      ['receiver', 'policy'],
    );
    this.#dropped = maker.counter(
      'signals_oncommit_dropped_total',
      'What waited for a commit and never ran.',
      ['reason'],
    );
    this.#bypassing = maker.counter(
      'signals_bypassing_writes_total',
      'Bulk and raw writes that receivers of the entity were not told of.',
      ['entity'],
    );
    for (const reason of DROP_REASONS) this.#dropped.inc({ reason }, 0);
  }

  /** A rate needs a start: what has not happened yet is 0 and not absent. */
  expect(signals: Signals): void {
    for (const { name } of adminOf(signals).signals()) this.#sent.inc({ signal: name }, 0);
    for (const info of adminOf(signals).list()) {
      this.#failures.inc({ receiver: info.dispatchUid, policy: policyOf(info) }, 0);
    }
  }

  callback({ on, state, reason }: CallbackTrace): void {
    if (on === 'commit' && state === 'dropped' && reason) this.#dropped.inc({ reason });
  }

  bypass({ sender }: BypassTrace): void {
    this.#bypassing.inc({ entity: nameOfSender(sender) });
  }

  #ran(run: Ended<ReceiverTrace>): void {
    const receiver = run.receiver.dispatchUid;
    const startedAt = this.#startedAt.get(run);
    if (startedAt !== undefined) {
      this.#durations.observe({ receiver }, (performance.now() - startedAt) / 1_000);
    }
    if (!('error' in run)) return;
    this.#failures.inc({ receiver, policy: policyOf(run.receiver, run.isolated) });
  }
}

/** The policy that a receiver was declared with, unless the send has isolated it. */
function policyOf({ phase, robust }: ReceiverInfo, isIsolated = false): string {
  if (phase === 'durable') return 'retry';
  return isIsolated || robust || phase !== 'inTransaction' ? 'isolate' : 'abort';
}
