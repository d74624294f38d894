import type { DataSource } from 'typeorm';
import { originOf } from '../core/callbacks/callback-origin.js';
import { report } from '../core/error-sink.js';
import type { TransactionCallback } from '../core/index.js';
import { errorSinkOf } from '../typeorm/transactions/watch.js';
import type { InterceptedTransaction } from '../typeorm/transactions/commit-interception.js';
import { Capture, ofDataSource, type HeldCallback } from './capture.js';

export interface CaptureOnCommitOptions {
  /** Runs what was captured, once `work` has succeeded. Default: false. */
  readonly execute?: boolean;
  /**
   * Is given what was captured, in its order, also when `work` fails: then, what was committed before.
   * Outcomes are in the answer alone.
   */
  readonly into?: CapturedCallback[];
  /** Captures from transactions of this data source alone. Default: of every one. */
  readonly dataSource?: DataSource;
}

export type CallbackOutcome =
  { readonly status: 'fulfilled' } | { readonly status: 'rejected'; readonly reason: unknown };

/** A callback that waited for a commit and was captured. */
export interface CapturedCallback {
  /** The work itself, for a test that wants to run it; the kit runs it with `execute` alone. */
  readonly callback: TransactionCallback;
  readonly dedupeKey: string | undefined;
  /** The receiver that waited, or `file:line` of whoever called `onCommit`; undefined if unknown. */
  readonly registeredBy: string | undefined;
  /** Undefined unless it was executed. */
  readonly outcome: CallbackOutcome | undefined;
}

/**
 * Runs `work` and answers which callbacks a commit would run, in production's order: what `onCommit`
 * and receivers of phase `afterCommit` registered in it, in whatever transaction. What rolled back
 * is left out, and of several with one key the last counts. What is captured is consumed: no commit
 * will run it (Django: `captureOnCommitCallbacks`, which leaves it queued).
 *
 * With `execute` they run at the end, in production's order too: what a callback registers in a
 * transaction of its own runs before the next callback (Django runs generation by generation).
 * A failure is reported as in production and is the callback's `outcome`; the later ones run. When
 * `work` fails nothing is executed (Django executes it all the same).
 *
 * Work without a transaction has nothing to wait for: its callbacks run at once, as ever. Request
 * handlers that answer while `work` runs are captured from, too.
 *
 * Inside a transaction that the test itself has opened, `work` that joins it leaves its callbacks
 * there; they are captured and, if executed, run inside that transaction. Prefer `rolledBackTest`,
 * where callbacks run by themselves and at the time at which they run in production.
 *
 * @throws what `work` throws, unchanged.
 */
export async function captureOnCommit(
  work: () => unknown,
  options: CaptureOnCommitOptions = {},
): Promise<readonly CapturedCallback[]> {
  const capture = new Capture(ofDataSource(options.dataSource), Capture.current());
  let held: readonly HeldCallback[];
  try {
    await capture.during('everywhere', work);
  } finally {
    held = capture.take();
    options.into?.push(...held.map((each) => recordOf(each, undefined)));
  }
  if (!options.execute) return held.map((each) => recordOf(each, undefined));
  const open = new Set(held.map(({ transaction }) => transaction).filter(({ isOpen }) => isOpen));
  const records: CapturedCallback[] = [];
  for (const each of held) records.push(recordOf(each, await execute(each, open)));
  return records;
}

/**
 * Runs one callback and, before the next one, what it leaves in the surrounding transactions, whose
 * commit it stands for.
 */
async function execute(
  held: HeldCallback,
  surrounding: ReadonlySet<InterceptedTransaction>,
): Promise<CallbackOutcome> {
  const inner = new Capture((transaction) => surrounding.has(transaction));
  let outcome: CallbackOutcome = { status: 'fulfilled' };
  try {
    const run = () => inner.during('context', held.callback);
    await held.context(() => held.transaction.besides(run));
  } catch (reason) {
    outcome = { status: 'rejected', reason };
    reportFailure(held, reason);
  }
  for (const each of inner.take()) await execute(each, surrounding);
  return outcome;
}

function reportFailure({ registered, transaction }: HeldCallback, reason: unknown): void {
  const { what, sink } = originOf(registered) ?? {
    what: 'A callback of a transaction that was committed',
    sink: errorSinkOf(transaction.dataSource),
  };
  report(sink, reason, `${what} failed`);
}

function recordOf(
  { callback, dedupeKey, registeredBy }: HeldCallback,
  outcome: CallbackOutcome | undefined,
): CapturedCallback {
  return { callback, dedupeKey, registeredBy, outcome };
}
