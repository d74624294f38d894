import { describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { TransactionEndedError } from 'nestjs-signals/core';
import { atomic, onCommit } from 'nestjs-signals/typeorm';
import { closedGate } from '../core/support.js';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

describe('A transaction that TypeORM nests', () => {
  const one = useDataSource([LogLine]);
  const { ran } = one;

  async function byHand(work: (manager: EntityManager) => Promise<unknown>): Promise<void> {
    const runner = one.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      await work(runner.manager);
      await runner.commitTransaction();
    } finally {
      await runner.release();
    }
  }

  it.each([
    ['atomic', (work: typeof undone) => atomic(one.dataSource, work)],
    ['a transaction of TypeORM', (work: typeof undone) => one.dataSource.transaction(work)],
    ['one that is driven by hand', byHand],
  ])('in %s keeps nothing of who still writes in it once it is undone', async (_, around) => {
    await around(undone);

    expect(await one.dataSource.manager.find(LogLine)).toEqual([]);
  });

  it('has nothing registered in the one around it by who is late', async () => {
    const gate = closedGate();
    let late: Promise<void> = Promise.resolve();

    await atomic(one.dataSource, async (manager) => {
      await manager.transaction(async () => {
        late = gate.opened.then(() => onCommit(() => void ran.push('late')));
        late.catch(() => {});
      });
      gate.open();
      await expect(late).rejects.toThrow(TransactionEndedError);
    });

    expect(ran).toEqual([]);
  });
});

/** An inner transaction that fails while others still write in it. */
async function undone(manager: EntityManager): Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  const failed = manager.transaction(async (inner) => {
    writing = (async () => {
      for (let index = 0; index < 30; index += 1) await inner.insert(LogLine, { text: 'late' });
    })();
    writing.catch(() => {});
    await inner.query('SELECT 1');
    throw new Error('undo');
  });
  await expect(failed).rejects.toThrow('undo');
  await expect(writing).rejects.toThrow(TransactionEndedError);
}
