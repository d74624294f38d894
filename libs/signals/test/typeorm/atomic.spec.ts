import { describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import {
  atomic,
  currentManager,
  NestedAtomicError,
  ParallelSavepointError,
} from 'nestjs-signals/typeorm';
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

  it('nests savepoints in savepoints, each of which is undone alone', async () => {
    await one.dataSource.manager.clear(LogLine);
    const write = (text: string, inside = async () => {}) =>
      atomic(one.dataSource, async (manager) => {
        await manager.insert(LogLine, { text });
        await inside();
      });

    await write('outermost', () =>
      write('middle', async () => {
        const failing = write('innermost', () => Promise.reject(new Error('no')));
        await expect(failing).rejects.toThrow('no');
      }),
    );

    const lines = await one.dataSource.manager.find(LogLine);
    expect(lines.map(({ text }) => text)).toEqual(['outermost', 'middle']);
  });

  it('refuses durable and isolation when nested, and says why', async () => {
    await atomic(one.dataSource, async () => {
      const nested = (options: object) => atomic(one.dataSource, async () => {}, options);
      await expect(nested({ durable: true })).rejects.toThrow(NestedAtomicError);
      await expect(nested({ durable: true })).rejects.toMatchObject({
        name: 'NestedAtomicError',
        message: expect.stringMatching(/durable: true .* inside a transaction.*is committed\.$/),
      });
      await expect(nested({ isolation: 'SERIALIZABLE' })).rejects.toThrow(
        /isolation: 'SERIALIZABLE' .* inside a transaction.*at the outermost level\.$/,
      );
    });
  });

  it('is what the current manager works in, of this data source and of no other', async () => {
    const { dataSource } = one;
    const other = new DataSource({ type: 'postgres' });

    expect(currentManager(dataSource)).toBe(dataSource.manager);
    await atomic(dataSource, async (manager) => {
      expect(currentManager(dataSource)).toBe(manager);
      expect(currentManager(other)).toBe(other.manager);
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

  it('passes on why there is no transaction to begin', async () => {
    const neverOpened = new DataSource({ type: 'postgres' });

    const failing = atomic(neverOpened, async () => {});

    await expect(failing).rejects.toThrow(/not (yet )?connected|not connected|connection/i);
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
