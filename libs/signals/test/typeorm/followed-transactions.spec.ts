import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { CallbackTrace, TransactionTrace } from 'nestjs-signals/diagnostics';
import { atomic, onCommit, onRollback } from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { Told } from '../support/tracing.js';
import { useDataSource } from '../support/use-data-source.js';

describe('What the library follows', () => {
  const one = useDataSource([LogLine], { poolSize: 1 });
  const { ran, note } = one;
  const events = () => new Told('signals:transaction', ({ event }: TransactionTrace) => event);

  it('is one transaction after the other of a query runner', async () => {
    const runner = one.dataSource.createQueryRunner();
    await runner.startTransaction();
    onCommit(note('never'), { manager: runner });
    onRollback(note('undone'), { manager: runner });
    await runner.rollbackTransaction();
    await runner.startTransaction();
    onCommit(note('second'), { manager: runner });
    await runner.commitTransaction();
    await runner.release();

    expect(ran).toEqual(['undone', 'second']);
  });

  it('is the savepoint of a name that was set last, until that is released', async () => {
    using told = events();

    await atomic(one.dataSource, async (manager) => {
      await manager.query('SAVEPOINT a');
      onCommit(note('undone'));
      await manager.query('SAVEPOINT a');
      await manager.query('RELEASE a');
      await manager.query('ROLLBACK TO a;');
      onCommit(note('kept'));
    });

    expect(ran).toEqual(['kept']);
    expect(told.all.slice(1, -1)).toEqual(['savepoint', 'savepoint', 'release', 'rollbackTo']);
  });

  it('is each of several statements, also when the last one ends with a semicolon', async () => {
    await atomic(one.dataSource, async (manager) => {
      onCommit(note('kept'));
      await manager.query('SAVEPOINT a; ROLLBACK TO a; ');
    });

    expect(ran).toEqual(['kept']);
  });

  it('is no statement that failed', async () => {
    await atomic(one.dataSource, async (manager) => {
      onCommit(note('kept'));
      await manager.query('SAVEPOINT a');
      await expect(manager.query('ROLLBACK TO nowhere')).rejects.toThrow(/does not exist/);
      await manager.query('ROLLBACK TO a');
    });

    expect(ran).toEqual(['kept']);
  });

  it('ends in a way that nobody knows with PREPARE TRANSACTION', async () => {
    const name = `followed ${one.dataSource.driver.database}`;
    const runner = one.dataSource.createQueryRunner();
    using told = events();

    await runner.query('BEGIN');
    onRollback(note('never'), { manager: runner });
    await runner.query(`PREPARE TRANSACTION '${name}'`);
    await runner.query(`ROLLBACK PREPARED '${name}'`);
    await runner.release();

    expect(told.all).toEqual(['begin', 'unknown']);
    expect(ran).toEqual([]);
  });

  it('ends in a way that nobody knows when the connection dies under COMMIT', async () => {
    await one.dataSource.query(`
      CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER die AFTER INSERT ON log_lines
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()`);
    using told = events();
    using dropped = new Told('signals:callback', ({ state, reason }: CallbackTrace) =>
      [state, reason].filter(Boolean).join(' '),
    );

    const failing = atomic(one.dataSource, async (manager) => {
      onCommit(note('committed'));
      onRollback(note('rolled back'));
      await manager.insert(LogLine, { text: 'line' });
    });
    await expect(failing).rejects.toThrow(/terminat/i);
    const toldOfIt = [...told.all];
    await one.dataSource.query('DROP FUNCTION die CASCADE');

    expect(toldOfIt).toEqual(['begin', 'unknown']);
    expect(dropped.all).toEqual(['queued', 'queued', 'dropped unknown', 'dropped unknown']);
    expect(ran).toEqual([]);
  });

  it('is nothing where nothing is saved', async () => {
    using told = events();

    expect(await one.dataSource.manager.save(LogLine, [])).toEqual([]);

    expect(told.all).toEqual([]);
  });
});

describe('A data source that nobody has followed yet', () => {
  const one = useDataSource([LogLine]);
  let unknown: DataSource;
  const { ran, note } = one;

  beforeEach(async () => {
    const { url } = one.dataSource.options as { readonly url: string };
    unknown = await new DataSource({ type: 'postgres', url, poolSize: 1 }).initialize();
  });
  afterEach(() => unknown.destroy());

  it('prints the failure of a callback that waited for the commit', async () => {
    const print = jest.spyOn(console, 'error').mockImplementation(() => {});
    const failure = new Error('no mail');

    await atomic(unknown, async () => onCommit(() => Promise.reject(failure)));

    const printed = [...print.mock.calls];
    print.mockRestore();
    expect(printed).toEqual([
      ['[signals] A callback of a transaction that was committed failed', failure],
    ]);
  });

  it.each([
    ['commitTransaction', 'committed'],
    ['rollbackTransaction', 'rolled back'],
  ] as const)('is followed also in the transaction that is open already: %s', async (end, told) => {
    const runner = unknown.createQueryRunner();
    await runner.startTransaction();
    onCommit(note('committed'), { manager: runner });
    onRollback(note('rolled back'), { manager: runner });
    await runner.startTransaction();
    onCommit(note('undone'), { manager: runner });
    await runner.rollbackTransaction();
    expect(ran).toEqual([]);
    await runner[end]();
    await runner.release();

    expect(ran).toEqual([told]);
  });

  it('is followed also in the savepoint that is open already', async () => {
    await unknown.transaction(async (manager) => {
      await manager
        .transaction(async () => {
          onCommit(note('undone'), { manager });
          throw new Error('inner');
        })
        .catch(() => {});
      onCommit(note('committed'), { manager });
      expect(ran).toEqual([]);
    });

    expect(ran).toEqual(['committed']);
  });
});
