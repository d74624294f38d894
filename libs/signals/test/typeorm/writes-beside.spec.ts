import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { DataSource, type EntityManager } from 'typeorm';
import { Signals } from 'nestjs-signals/core';
import {
  atomic,
  besideTransaction,
  currentManager,
  onCommit,
  postBulk,
  postSave,
  typeOrmSignals,
  withinTransaction,
  WriteBesideTransactionError,
  type WritesBesidePolicy,
} from 'nestjs-signals/typeorm';
import { Draft, LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

/** A write through whatever manager or data source it is given. */
type Write = (manager: EntityManager) => Promise<unknown>;

const draft = () => Object.assign(new Draft(), { text: 'written' });

const WRITES: readonly (readonly [name: string, write: Write])[] = [
  ['save', (manager) => manager.save(draft())],
  ['save of several', (manager) => manager.getRepository(Draft).save([draft(), draft()])],
  ['save without a transaction', (manager) => manager.save(draft(), { transaction: false })],
  ['save of plain values', (manager) => manager.save(Draft, { text: 'written' })],
  ['insert', (manager) => manager.insert(Draft, { text: 'written' })],
  ['upsert', (manager) => manager.upsert(Draft, { id: 1, text: 'written' }, ['id'])],
  ['update', (manager) => manager.update(Draft, { id: 1 }, { text: 'written' })],
  ['delete', (manager) => manager.getRepository(Draft).delete({ text: 'kept' })],
  ['soft delete', (manager) => manager.softDelete(Draft, { text: 'kept' })],
  ['restore', (manager) => manager.restore(Draft, { text: 'kept' })],
  [
    'a query builder',
    (manager) => manager.createQueryBuilder().insert().into(Draft).values(draft()).execute(),
  ],
  ['SQL', (manager) => manager.query(`INSERT INTO drafts (text) VALUES ('written')`)],
  [
    'SQL with a part that writes',
    (manager) => manager.query('WITH gone AS (DELETE FROM drafts RETURNING *) SELECT * FROM gone'),
  ],
];

describe('A write beside the open transaction', () => {
  const one = useDataSource([Draft, LogLine], { poolSize: 4 });
  const rows = () => one.dataSource.manager.find(Draft, { withDeleted: true });
  const keep = () =>
    one.dataSource.manager.save(Object.assign(new Draft(), { id: 1, text: 'kept' }));

  describe.each(WRITES)('by %s', (_, write) => {
    it('is refused before anything is written', async () => {
      await keep();
      const before = await rows();
      await atomic(one.dataSource, async () => {
        const { manager } = one.dataSource;
        await expect(write(manager)).rejects.toThrow(WriteBesideTransactionError);
      });
      expect(await rows()).toEqual(before);
    });

    it('is refused where bulk and model signals are heard, which hear nothing', async () => {
      one.connect(postBulk, one.note('bulk'), { sender: Draft });
      await atomic(one.dataSource, async () => {
        one.connect(postSave, one.note('save'), { sender: Draft });
        await expect(write(one.dataSource.manager)).rejects.toThrow(WriteBesideTransactionError);
      });
      expect(one.ran).toEqual([]);
    });

    it('goes through the manager of the transaction, in whatever savepoint', async () => {
      await keep();
      const written = atomic(one.dataSource, async (manager) => {
        await write(manager);
        await atomic(one.dataSource, () => write(currentManager(one.dataSource)));
        return manager.transaction((inner) => write(inner));
      });
      await expect(written).resolves.toBeDefined();
    });

    it('goes where no transaction is open, in a callback after the commit too', async () => {
      const { manager } = one.dataSource;
      await write(manager);
      await atomic(one.dataSource, async () => {
        onCommit(() => write(manager));
      });
      expect(one.reported).toEqual([]);
    });

    it('goes where it is said to', async () => {
      const written = atomic(one.dataSource, () =>
        besideTransaction(() => write(one.dataSource.manager)),
      );
      await expect(written).resolves.toBeDefined();
    });

    it('is refused to receivers in the transaction, and to robust ones alone', async () => {
      one.connect(postSave, () => write(one.dataSource.manager), { sender: LogLine, robust: true });
      const line = Object.assign(new LogLine(), { text: 'a line' });
      await atomic(one.dataSource, (manager) => manager.save(line));
      expect(one.reported).toEqual([
        expect.objectContaining({ error: expect.any(WriteBesideTransactionError) }),
      ]);
      expect(await one.dataSource.manager.count(LogLine)).toBe(1);
    });
  });

  it('is refused in a transaction that is driven by hand, where that is the ambient one', async () => {
    const runner = one.dataSource.createQueryRunner();
    await runner.startTransaction();
    await withinTransaction(runner, async () => {
      const saved = one.dataSource.manager.save(draft());
      await expect(saved).rejects.toThrow(WriteBesideTransactionError);
    });
    await runner.rollbackTransaction();
    await runner.release();
  });

  it('may be a transaction of its own, which somebody has begun on purpose', async () => {
    await atomic(one.dataSource, async (outer) => {
      await one.dataSource.transaction((inner) => inner.save(draft()));
      const runner = one.dataSource.createQueryRunner();
      await runner.startTransaction();
      await runner.query(`INSERT INTO drafts (text) VALUES ('written')`);
      await runner.commitTransaction();
      await runner.release();
      await outer.save(draft());
    });
    expect(await rows()).toHaveLength(3);
  });

  it('is no read, and no work of another context', async () => {
    const { manager } = one.dataSource;
    const elsewhere = new Promise<void>((resolve, reject) => {
      setImmediate(() => void manager.save(draft()).then(() => resolve(), reject));
    });
    await atomic(one.dataSource, async () => {
      await manager.find(Draft);
      await manager.query('SELECT 1');
      await elsewhere;
    });
    expect(await rows()).toHaveLength(1);
  });

  it('says what was to be written, and which ways there are', async () => {
    await atomic(one.dataSource, async () => {
      const { manager } = one.dataSource;
      await expect(manager.save(draft())).rejects.toThrow(
        /^save\(\) of Draft goes beside .*currentManager/,
      );
      await expect(manager.update(Draft, { id: 1 }, { text: '' })).rejects.toThrow(
        /^update\(\) of Draft /,
      );
      await expect(manager.query('DELETE FROM drafts')).rejects.toThrow(/^DELETE of 'drafts' /);
    });
  });

  describe('that is said to be one', () => {
    it('is in no transaction, nor are the callbacks of what it begins', async () => {
      const found: unknown[] = [];
      const look = () => void found.push(currentManager(one.dataSource) === one.dataSource.manager);
      await atomic(one.dataSource, async () => {
        await besideTransaction(async () => {
          look();
          await atomic(one.dataSource, async (manager) => {
            onCommit(look);
            await manager.save(draft());
          });
          onCommit(look);
        });
        throw new Error('rolled back');
      }).catch(() => {});
      expect(found).toEqual([true, true, true]);
      expect(await rows()).toHaveLength(1);
    });

    it('makes nothing ambient of what is driven by hand in it', async () => {
      await atomic(one.dataSource, async () => {
        const runner = one.dataSource.createQueryRunner();
        await besideTransaction(async () => {
          await runner.startTransaction();
          expect(currentManager(one.dataSource)).toBe(one.dataSource.manager);
          await one.dataSource.manager.save(draft());
          await runner.commitTransaction();
        });
        await runner.release();
      });
      expect(await rows()).toHaveLength(1);
    });

    it('may still work in the transaction by its manager, in whatever savepoint', async () => {
      await atomic(one.dataSource, (outer) =>
        atomic(one.dataSource, (inner) =>
          besideTransaction(async () => {
            await outer.save(draft());
            await inner.save(draft());
            await inner.insert(LogLine, { text: 'by hand' });
          }),
        ),
      );
      expect(await rows()).toHaveLength(2);
    });
  });

  describe('by option', () => {
    let other: DataSource;
    const attach = async (...policies: readonly (WritesBesidePolicy | undefined)[]) => {
      other = await new DataSource(one.dataSource.options).initialize();
      for (const writesBeside of policies) {
        const host = {
          signals: new Signals(),
          onError: () => {},
          resolve: (): never => undefined as never,
        };
        const options = { dataSources: { default: other }, ...(writesBeside && { writesBeside }) };
        typeOrmSignals(options).attach(host);
      }
    };
    const save = () => atomic(other, () => other.manager.save(draft()));

    afterEach(async () => {
      jest.restoreAllMocks();
      await other.destroy();
    });

    it('is let pass', async () => {
      await attach('allow');
      await save();
      expect(await rows()).toHaveLength(1);
    });

    it('is warned of', async () => {
      const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
      await attach('warn');
      await save();
      expect(warned.mock.calls).toEqual([
        [expect.stringContaining('save() of Draft'), 'SignalsWarning'],
      ]);
      expect(await rows()).toHaveLength(1);
    });

    it.each<[string, readonly (WritesBesidePolicy | undefined)[]]>([
      ['no application is attached', []],
      ['an application does not say', [undefined]],
      ['the strictest of several applications says so', ['allow', 'error', 'warn']],
      ['one of several applications does not say', ['allow', undefined]],
    ])('is refused where %s', async (_, policies) => {
      await attach(...policies);
      await expect(save()).rejects.toThrow(WriteBesideTransactionError);
    });
  });
});
