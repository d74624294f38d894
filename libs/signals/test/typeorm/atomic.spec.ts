import { describe, expect, it } from '@jest/globals';
import { atomic, NestedAtomicError, ParallelSavepointError } from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

describe('atomic', () => {
  const one = useDataSource([LogLine], { poolSize: 2 });

  it('commits what it returns, and passes on the very error that was thrown', async () => {
    const thrown = { not: 'an Error' };
    const result = await atomic(one.dataSource, (manager) => manager.save(LogLine, { text: 'a' }));

    expect(result.id).toBeGreaterThan(0);
    await expect(atomic(one.dataSource, () => Promise.reject(thrown))).rejects.toBe(thrown);
  });

  it('undoes an inner level alone when the outer one catches its failure', async () => {
    await one.dataSource.manager.clear(LogLine);

    await atomic(one.dataSource, async (manager) => {
      await manager.insert(LogLine, { text: 'outer' });
      await atomic(one.dataSource, async (inner) => {
        await inner.insert(LogLine, { text: 'inner' });
        await inner.query('SELECT 1 / 0');
      }).catch(() => {});
    });

    const lines = await one.dataSource.manager.find(LogLine);
    expect(lines.map((line) => line.text)).toEqual(['outer']);
  });

  it('refuses durable and isolation when nested', async () => {
    await atomic(one.dataSource, async () => {
      const nested = (options: object) => atomic(one.dataSource, async () => {}, options);
      await expect(nested({ durable: true })).rejects.toThrow(NestedAtomicError);
      await expect(nested({ isolation: 'SERIALIZABLE' })).rejects.toThrow(NestedAtomicError);
    });
  });

  it('opens the outermost level with the isolation that was asked for', async () => {
    const level = await atomic(
      one.dataSource,
      (manager) => manager.query('SHOW transaction_isolation'),
      { isolation: 'SERIALIZABLE' },
    );

    expect(level).toEqual([{ transaction_isolation: 'serializable' }]);
  });

  it('refuses savepoints in parallel, which would be nested in each other', async () => {
    await atomic(one.dataSource, async () => {
      const inner = () => atomic(one.dataSource, (manager) => manager.query('SELECT 1'));
      const outcomes = await Promise.allSettled([inner(), inner()]);

      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
      expect((outcomes[1] as PromiseRejectedResult).reason).toBeInstanceOf(ParallelSavepointError);
    });
  });
});
