import type { QueryRunner } from 'typeorm';
import { ambient, surrounded } from './ambient.js';

/**
 * TypeORM starts the hooks of all entities of a save together. A lane runs what they start one
 * after the other, and skips the rest of the group after a failure: its write would otherwise reach
 * a connection that has already rolled back.
 */
class Lane {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #failed = false;

  run(task: () => Promise<unknown>): Promise<void> {
    this.#waiting += 1;
    const turn = this.#tail.then(() => this.#take(task));
    this.#tail = turn.catch(() => {});
    return turn;
  }

  async #take(task: () => Promise<unknown>): Promise<void> {
    try {
      if (!this.#failed) await task();
    } catch (error) {
      this.#failed = true;
      throw error;
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#failed = false;
    }
  }
}

/** The work of a lane that is at its turn. */
export interface Turn {
  readonly queryRunner: QueryRunner;
  readonly lane: Lane;
  readonly outer: Turn | undefined;
}

const lanes = new WeakMap<QueryRunner, Lane>();

/**
 * Runs work on a query runner when everything that was started before it there has ended. What the
 * work itself starts on the same runner has a lane of its own, so nothing waits for itself.
 */
export function inTurn(queryRunner: QueryRunner, work: () => Promise<unknown>): Promise<void> {
  const outer = ambient().turn;
  let turn = outer;
  while (turn && turn.queryRunner !== queryRunner) turn = turn.outer;
  const lane = turn?.lane ?? laneOf(queryRunner);
  return lane.run(() => surrounded({ turn: { queryRunner, lane: new Lane(), outer } }, work));
}

function laneOf(queryRunner: QueryRunner): Lane {
  let lane = lanes.get(queryRunner);
  if (!lane) lanes.set(queryRunner, (lane = new Lane()));
  return lane;
}
