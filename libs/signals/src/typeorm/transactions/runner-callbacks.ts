import { setImmediate } from 'node:timers';
import type { QueryRunner } from 'typeorm';
import { isInCallbackOf } from './running-callback.js';

/** What a transaction that has ended left to be done. Never rejects. */
type Due = () => Promise<void> | undefined;

/**
 * The callbacks of the transactions of one query runner that ended while somebody still held it:
 * those of one transaction after those of the one before. Whoever holds the connection does not
 * wait for them before it is released, or as many as the pool has connections would wait for ever
 * for a callback that needs one.
 */
export class RunnerCallbacks {
  readonly #due: Due[] = [];
  #running: Promise<void> | undefined;

  add(due: Due): void {
    this.#due.push(due);
  }

  /** Has them run when the runner is released, or in the next turn, whichever is first. */
  runSoon(): void {
    if (this.#due.length > 0) setImmediate(() => void this.run());
  }

  /** Settled when all have run; at once for one of them, which cannot wait for itself. */
  async run(): Promise<void> {
    if (isInCallbackOf(this)) return;
    while (this.#running || this.#due.length > 0) await (this.#running ??= this.#runAll());
  }

  async #runAll(): Promise<void> {
    for (let due = this.#due.shift(); due; due = this.#due.shift()) await due();
    this.#running = undefined;
  }
}

const CALLBACKS = Symbol('nestjs-signals.callbacks');

type RunnerWithCallbacks = QueryRunner & { [CALLBACKS]?: RunnerCallbacks };

export function callbacksOf(queryRunner: QueryRunner): RunnerCallbacks {
  return ((queryRunner as RunnerWithCallbacks)[CALLBACKS] ??= new RunnerCallbacks());
}

const FOLLOWED = Symbol('nestjs-signals.releaseFollowed');

/**
 * Has a query runner that somebody drives by hand wait at its release, with its connection back in
 * the pool, until the callbacks of its transactions have run.
 *
 * @param released is told whether the connection had been lost before.
 */
export function followRelease(
  queryRunner: QueryRunner & { [FOLLOWED]?: true },
  released: (wasLost: boolean) => void,
): void {
  if (queryRunner[FOLLOWED]) return;
  queryRunner[FOLLOWED] = true;
  const release = queryRunner.release.bind(queryRunner);
  queryRunner.release = async () => {
    const wasLost = queryRunner.isReleased;
    await release();
    released(wasLost);
    await callbacksOf(queryRunner).run();
  };
}
