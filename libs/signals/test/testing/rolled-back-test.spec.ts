import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { defineSignal } from 'nestjs-signals/core';
import { atomic, currentManager, onCommit } from 'nestjs-signals/typeorm';
import {
  captureOnCommit,
  ConnectionBusyError,
  rolledBackTest,
  RolledBackTestEndedError,
  standInDataSource,
  UnendedTransactionError,
  UnfitDataSourceError,
} from 'nestjs-signals/testing';
import { startDataSource, type SignalsOnDataSource } from '../support/data-source.js';
import { LogLine } from '../support/entities.js';

const noted = defineSignal<{ text: string }>('test.noted');

describe('rolledBackTest', () => {
  let one: SignalsOnDataSource;
  const rows = () => one.dataSource.manager.count(LogLine);
  const insert = (text: string) => currentManager(one.dataSource).insert(LogLine, { text });
  const texts = async () => {
    const lines = await one.dataSource.manager.find(LogLine, { order: { text: 'ASC' } });
    return lines.map(({ text }) => text);
  };

  beforeAll(async () => {
    // A pool of one connection shows that nothing takes another one.
    one = await startDataSource([LogLine], { poolSize: 1 });
  });
  afterAll(() => one.close());

  it('leaves nothing behind, and answers what the test answers', async () => {
    const answer = await rolledBackTest(one.dataSource, async () => {
      await atomic(one.dataSource, () => insert('a'));
      expect(await rows()).toBe(1);
      return 'answer';
    });

    expect(answer).toBe('answer');
    expect(await rows()).toBe(0);
  });

  it('leaves nothing behind when the test fails, and passes on the very error', async () => {
    const thrown = { not: 'an Error' };

    const failing = rolledBackTest(one.dataSource, async () => {
      await insert('a');
      throw thrown;
    });

    await expect(failing).rejects.toBe(thrown);
    expect(await rows()).toBe(0);
  });

  it('takes in every way to write, each seeing what the others wrote', async () => {
    const { dataSource } = one;
    await rolledBackTest(dataSource, async () => {
      await dataSource.manager.save(LogLine, { text: '1 save' });
      await dataSource.getRepository(LogLine).insert({ text: '2 repository' });
      await dataSource.query("INSERT INTO log_lines (text) VALUES ('3 statement')");
      await dataSource.transaction((manager) => manager.insert(LogLine, { text: '4 transaction' }));
      await dataSource.manager.transaction(async (manager) => {
        await manager.transaction((inner) => inner.insert(LogLine, { text: '5 nested' }));
      });
      const runner = dataSource.createQueryRunner();
      await runner.startTransaction();
      await runner.manager.insert(LogLine, { text: '6 runner' });
      await runner.commitTransaction();
      await runner.query('/* mine */ BEGIN; -- two; of them');
      await runner.query("INSERT INTO log_lines (text) VALUES ('7; by hand')");
      await runner.query("SELECT 'COMMIT;'; COMMIT");
      await runner.release();

      expect(await texts()).toEqual([
        '1 save',
        '2 repository',
        '3 statement',
        '4 transaction',
        '5 nested',
        '6 runner',
        '7; by hand',
      ]);
    });

    expect(await rows()).toBe(0);
  });

  it('undoes a transaction of the application alone when that one rolls back', async () => {
    await rolledBackTest(one.dataSource, async () => {
      await insert('kept');
      await atomic(one.dataSource, async () => {
        await insert('undone');
        throw new Error('no');
      }).catch(() => {});

      expect(await texts()).toEqual(['kept']);
    });
  });

  it('runs callbacks outside the transaction, and rolls back what they write', async () => {
    await rolledBackTest(one.dataSource, async () => {
      let ambient: unknown;
      await atomic(one.dataSource, async () => {
        onCommit(async () => {
          ambient = currentManager(one.dataSource);
          await insert('by the callback');
        });
      });

      expect(ambient).toBe(one.dataSource.manager);
      expect(await texts()).toEqual(['by the callback']);
    });

    expect(await rows()).toBe(0);
  });

  it('runs transactions that are started in parallel one after the other', async () => {
    await rolledBackTest(one.dataSource, async () => {
      const log: string[] = [];
      await Promise.all(
        ['a', 'b', 'c'].map(async (name) => {
          await atomic(one.dataSource, async (manager) => {
            await manager.insert(LogLine, { text: name });
            log.push(`${name} sees ${await manager.count(LogLine)}`);
            onCommit(() => log.push(`${name} committed`));
            if (name === 'b') throw new Error('b');
          }).catch(() => {});
        }),
      );

      expect(log).toEqual(['a sees 1', 'a committed', 'b sees 2', 'c sees 2', 'c committed']);
    });
  });

  it('lets the work of a transaction use another connection, inside it', async () => {
    await rolledBackTest(one.dataSource, async () => {
      const log: string[] = [];
      await atomic(one.dataSource, async (manager) => {
        onCommit(() => log.push('outer'));
        await manager.insert(LogLine, { text: 'outer' });
        await one.dataSource.transaction(async (other) => {
          onCommit(() => log.push('other'));
          await other.insert(LogLine, { text: 'other' });
        });
        log.push(`rows ${await rows()}`);
        throw new Error('no');
      }).catch(() => {});

      expect(log).toEqual(['other', 'rows 2']);
      expect(await rows()).toBe(0);
    });
  });

  it('refuses work that waits for a transaction in which nothing happens, and names that', async () => {
    const test = rolledBackTest(
      one.dataSource,
      async () => {
        const runner = one.dataSource.createQueryRunner();
        await runner.query('BEGIN');
        await runner.query('SELECT 42');
        try {
          await rows();
        } finally {
          await runner.query('ROLLBACK');
          await runner.release();
        }
      },
      { timeout: 50 },
    );

    await expect(test).rejects.toMatchObject({ driverError: expect.any(ConnectionBusyError) });
    await expect(test).rejects.toThrow(/rolled-back-test\.spec\.ts:\d+, last statement: SELECT 42/);
  });

  it('is an error when transactions were never ended, and names them', async () => {
    const test = rolledBackTest(one.dataSource, async () => {
      const runner = one.dataSource.createQueryRunner();
      await runner.startTransaction();
      await runner.manager.insert(LogLine, { text: 'forgotten' });
    });

    await expect(test).rejects.toThrow(UnendedTransactionError);
    await expect(test).rejects.toThrow(/rolled-back-test\.spec\.ts:\d+, last statement: INSERT/);
    expect(await rows()).toBe(0);
  });

  it('refuses what is still at work when it has ended', async () => {
    let late: Promise<unknown> | undefined;
    let go = () => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const runner = one.dataSource.createQueryRunner();

    await rolledBackTest(one.dataSource, async () => {
      await runner.query('SELECT 1');
      late = gate.then(() => runner.manager.insert(LogLine, { text: 'late' }));
    });
    go();

    await expect(late).rejects.toMatchObject({ driverError: expect.any(RolledBackTestEndedError) });
    await runner.release();
    expect(await rows()).toBe(0);
  });

  it('gives the data source its pool back', async () => {
    await rolledBackTest(one.dataSource, () => insert('a'));
    await insert('b');

    expect(await texts()).toEqual(['b']);
    await one.dataSource.manager.clear(LogLine);
  });

  it('works with several data sources at a time', async () => {
    const two = await startDataSource([LogLine], { poolSize: 1 });
    try {
      await rolledBackTest([one.dataSource, two.dataSource], async () => {
        await insert('one');
        await two.dataSource.manager.insert(LogLine, { text: 'two' });
        expect(await two.dataSource.manager.count(LogLine)).toBe(1);
      });

      expect(await two.dataSource.manager.count(LogLine)).toBe(0);
      expect(await rows()).toBe(0);
    } finally {
      await two.close();
    }
  });

  it('refuses to be nested', async () => {
    await expect(
      rolledBackTest(one.dataSource, () => rolledBackTest(one.dataSource, () => {})),
    ).rejects.toThrow(/already/);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['a mock', () => ({ transaction: () => {} }), /a mock/],
    ['nothing', () => undefined, /given undefined/],
    ['an empty list', () => [], /an empty list/],
    ['a mock among others', () => [one.dataSource, {}], /a mock/],
    ['a stand-in', () => standInDataSource(), /not initialized/],
    ['one that is not initialized', () => new DataSource({ type: 'postgres' }), /not initialized/],
    [
      'another database',
      () => ({ options: { type: 'sqljs' }, createQueryRunner() {} }),
      /of type 'sqljs'/,
    ],
  ])('refuses %s before the test runs, and says what it expects', async (_, given, why) => {
    let hasRun = false;

    const refused = rolledBackTest(given() as DataSource, () => void (hasRun = true));

    await expect(refused).rejects.toThrow(UnfitDataSourceError);
    await expect(refused).rejects.toThrow(why);
    expect(hasRun).toBe(false);
    expect(await rolledBackTest(one.dataSource, rows)).toBe(0);
  });

  it('lets the data source be destroyed in it, and rolls back first', async () => {
    const two = await startDataSource([LogLine], { poolSize: 1 });
    const { dataSource } = two;

    await rolledBackTest(dataSource, async () => {
      await dataSource.manager.insert(LogLine, { text: 'a' });
      await dataSource.destroy();
    });

    await dataSource.initialize();
    expect(await dataSource.manager.count(LogLine)).toBe(0);
    await two.close();
  });

  it('works together with captureOnCommit', async () => {
    await rolledBackTest(one.dataSource, async () => {
      const log: string[] = [];
      using _receiver = one.signals.connect(noted, ({ text }) => void log.push(text), {
        dispatchUid: 'later',
        phase: 'afterCommit',
      });

      const captured = await captureOnCommit(() =>
        atomic(one.dataSource, () => one.signals.send(noted, { text: 'heard' })),
      );

      expect(captured).toMatchObject([{ registeredBy: "Receiver 'later' of 'test.noted'" }]);
      expect(log).toEqual([]);
    });
  });
});
