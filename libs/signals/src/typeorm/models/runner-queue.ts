import type { QueryRunner } from 'typeorm';
import { TransactionEndedError } from '../../core/index.js';
import { openTransactionsHere } from '../transactions/ambient-transaction.js';
import {
  ambient,
  surrounded,
  type InstanceOperation,
  type Lane,
  type Turn,
} from '../transactions/ambient-store.js';
import type { OpenTransaction } from '../transactions/open-transaction.js';
import { closeLevelsOf } from '../transactions/transaction-calls.js';
import { transactionOf } from '../transactions/runner-transaction.js';

/** Runs what it is given one after the other, whatever becomes of each. */
class SerialLane implements Lane {
  #tail: Promise<unknown> = Promise.resolve();

  run(task: () => Promise<void>): Promise<void> {
    const turn = this.#tail.then(task);
    this.#tail = turn.catch(() => {});
    return turn;
  }
}

const lanes = new WeakMap<object, Lane>();

/** Calls of which a receiver has failed. */
const failed = new WeakSet<InstanceOperation>();

/**
 * TypeORM starts the hooks of all entities of a save together, and several saves of one connection
 * may be under way. Here they run one after the other: when all that was started before in the same
 * level of the transaction has ended. What the work itself starts has a lane of its own, and so has
 * an inner level, so nothing waits for itself, or for who waits for the level to end.
 *
 * After a failure the rest of the call that it belongs to is skipped, which TypeORM is about to
 * reject; the hooks of other calls run.
 *
 * @throws TransactionEndedError when the level has ended before the turn came.
 */
export function inTurn(
  queryRunner: QueryRunner,
  operation: InstanceOperation | undefined,
  work: () => Promise<unknown>,
): Promise<void> {
  const level = levelOf(queryRunner);
  const outer = ambient().turn;
  let turn = outer;
  while (turn && turn.queryRunner !== queryRunner) turn = turn.outer;
  const lane = turn && turn.level === level ? turn.lane : laneOf(level ?? queryRunner);
  return lane.run(async () => {
    if (operation && failed.has(operation)) return;
    if (level?.isOpen === false) {
      throw new TransactionEndedError('A receiver that waited for others');
    }
    const own: Turn = { queryRunner, level, lane: new SerialLane(), begunByHand: 0, outer };
    try {
      await surrounded({ turn: own }, work);
    } catch (error) {
      if (operation) failed.add(operation);
      throw error;
    } finally {
      closeLevelsOf(own);
    }
  });
}

/** The innermost level that the calling context has open on this connection. */
function levelOf(queryRunner: QueryRunner): OpenTransaction | undefined {
  const transaction = transactionOf(queryRunner);
  if (!transaction?.isOpen) return undefined;
  const { manager } = transaction;
  return openTransactionsHere().find((level) => level.manager === manager) ?? transaction;
}

function laneOf(owner: object): Lane {
  let lane = lanes.get(owner);
  if (!lane) lanes.set(owner, (lane = new SerialLane()));
  return lane;
}
