import { describe, expect, it } from '@jest/globals';
import { defineSignal, Signals } from 'nestjs-signals/core';
import { atomic, onCommit, onRollback, postSave } from 'nestjs-signals/typeorm';
import { LogLine } from './support/entities.js';
import { heapUsed, MEGABYTE } from './support/heap.js';
import { useDataSource } from './support/use-data-source.js';

const PARTS = 5;

/**
 * How many bytes of the heap `work` leaves behind once it is warm: what the median of five equal parts leaves, times
 * five. What leaks grows in each part; what the engine compiles or caches on its way does so in one or two.
 */
async function heapGrowth(work: (times: number) => Promise<void>, times: number): Promise<number> {
  await work(times / 10);
  const growths: number[] = [];
  for (let part = 0; part < PARTS; part += 1) {
    const before = heapUsed();
    await work(times / PARTS);
    growths.push(heapUsed() - before);
  }
  const inOrder = growths.toSorted((one, other) => one - other);
  return PARTS * (inOrder[Math.floor(PARTS / 2)] ?? Number.NaN);
}

describe('The heap', () => {
  const one = useDataSource([LogLine], { poolSize: 1 });

  it('stays flat over 200,000 sends', async () => {
    const told = defineSignal<{ index: number }>('leaks.told');
    const signals = new Signals();
    signals.connect(told, async () => {});
    signals.connect(told, () => {}, { phase: 'afterCommit' });

    const growth = await heapGrowth(async (times) => {
      for (let index = 0; index < times; index += 1) await signals.send(told, { index });
    }, 200_000);

    expect(growth).toBeLessThan(2 * MEGABYTE);
  });

  it('stays flat over 10,000 transactions with savepoints, receivers and callbacks', async () => {
    one.connect(postSave, () => onCommit(() => {}), { sender: LogLine, dispatchUid: 'leaks' });

    const growth = await heapGrowth(async (times) => {
      for (let index = 0; index < times / 2; index += 1) {
        await atomic(one.dataSource, async (manager) => {
          onCommit(() => {});
          await manager.save(Object.assign(new LogLine(), { text: 'kept' }));
        });
        await atomic(one.dataSource, async () => {
          onRollback(() => {});
          throw new Error('undone');
        }).catch(() => {});
      }
    }, 10_000);

    expect(growth).toBeLessThan(MEGABYTE);
  }, 300_000);

  it('stays flat over transactions of one query runner', async () => {
    const runner = one.dataSource.createQueryRunner();

    const growth = await heapGrowth(async (times) => {
      for (let index = 0; index < times; index += 1) {
        await runner.startTransaction();
        onCommit(() => {}, { manager: runner });
        await runner.commitTransaction();
      }
    }, 10_000);
    await runner.release();

    expect(growth).toBeLessThan(1.5 * MEGABYTE);
  }, 60_000);
});
