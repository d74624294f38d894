import { describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { defineSignal, TransactionEndedError, type ReceiverContext } from 'nestjs-signals/core';
import { atomic, onCommit, onRollback, TransactionAbortedError } from 'nestjs-signals/typeorm';
import { closedGate } from '../core/support.js';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

const noted = defineSignal<object>('dropped.noted');

describe('An onCommit callback', () => {
  // A pool of one connection: whoever holds it while a callback asks for it hangs.
  const one = useDataSource([LogLine], { poolSize: 1 });
  const { ran, note } = one;
  const rows = () => one.dataSource.manager.count(LogLine);
  const write = (manager: EntityManager) => manager.insert(LogLine, { text: 'line' });

  it('is dropped when the transaction rolls back', async () => {
    const failing = atomic(one.dataSource, async () => {
      onCommit(note('never'));
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    expect(ran).toEqual([]);
  });

  it('is dropped with its savepoint and what was released into it; the others stay', async () => {
    await atomic(one.dataSource, async () => {
      onCommit(note('outer before'));
      await atomic(one.dataSource, async () => {
        onCommit(note('inner'));
        await atomic(one.dataSource, async () => onCommit(note('released into inner')));
        throw new Error('inner');
      }).catch(() => {});
      await atomic(one.dataSource, async () => onCommit(note('sibling')));
      onCommit(note('outer after'));
    });

    expect(ran).toEqual(['outer before', 'sibling', 'outer after']);
  });

  it('is dropped with a savepoint that was opened and rolled back by hand', async () => {
    await atomic(one.dataSource, async (manager) => {
      onCommit(note('before'));
      await manager.query('SAVEPOINT mine');
      onCommit(note('inside'));
      await manager.query('ROLLBACK TO SAVEPOINT mine');
      onCommit(note('after'));
      await manager.query('RELEASE SAVEPOINT mine');
    });

    expect(ran).toEqual(['before', 'after']);
  });

  it('is dropped when COMMIT fails, and the next transaction is clean', async () => {
    await one.dataSource.query(
      'CREATE TABLE IF NOT EXISTS deferred (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)',
    );
    const failing = atomic(one.dataSource, async (manager) => {
      onCommit(note('never'));
      await manager.query('INSERT INTO deferred VALUES (1), (1)');
    });
    await expect(failing).rejects.toThrow(/duplicate key/);

    await atomic(one.dataSource, async () => onCommit(note('next')));

    expect(ran).toEqual(['next']);
  });

  it('is dropped, and the caller is told, when a swallowed error turned COMMIT into ROLLBACK', async () => {
    const failing = atomic(one.dataSource, async (manager) => {
      onCommit(note('never'));
      await write(manager);
      await manager.query('SELECT 1 / 0').catch(() => {});
    });

    await expect(failing).rejects.toThrow(TransactionAbortedError);
    expect(ran).toEqual([]);
    expect(await rows()).toBe(0);
  });

  it('is dropped on a raw ROLLBACK, and the caller is told although nothing threw', async () => {
    const rolledBack = atomic(one.dataSource, async (manager) => {
      onCommit(note('never'));
      await manager.query('ROLLBACK');
    });

    await expect(rolledBack).rejects.toThrow(TransactionAbortedError);
    expect(ran).toEqual([]);
  });

  it('is dropped on a raw ROLLBACK, and nothing more can be registered', async () => {
    const rolledBack = atomic(one.dataSource, async (manager) => {
      onCommit(note('never'));
      await manager.query('ROLLBACK');
      onCommit(note('late'));
    });

    await expect(rolledBack).rejects.toThrow(TransactionEndedError);
    expect(ran).toEqual([]);
  });

  it('is dropped on a raw ROLLBACK of a receiver, after which no savepoint can be opened', async () => {
    one.connect(noted, (_, { manager }) => manager.query('ROLLBACK'));
    one.connect(noted, note('never'), { robust: true });
    const reasons: unknown[] = [];

    const rolledBack = atomic(one.dataSource, async () => {
      const results = await one.signals.send(noted, {});
      reasons.push(...results.map((result) => result.status === 'rejected' && result.reason));
    });

    await expect(rolledBack).rejects.toThrow(TransactionAbortedError);
    expect(reasons).toEqual([false, new TransactionEndedError('A savepoint')]);
    expect(ran).toEqual([]);
  });

  it('is dropped when the connection dies, and the pool recovers', async () => {
    const failing = atomic(one.dataSource, async (manager) => {
      onCommit(note('never'));
      onRollback(note('rolled back'));
      await manager.query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    await expect(failing).rejects.toThrow(/terminat/i);

    await atomic(one.dataSource, async () => onCommit(note('next')));

    expect(ran).toEqual(['rolled back', 'next']);
  });

  it('is an error through a context that is kept longer than its transaction', async () => {
    let kept: ReceiverContext | undefined;
    one.connect(noted, (_, context) => void (kept = context));

    await atomic(one.dataSource, () => one.signals.send(noted, {}));

    expect(() => kept?.onCommit(note('lost'))).toThrow(
      /^A callback to run on commit belongs to a transaction that has already ended/,
    );
    expect(() => kept?.onRollback(note('lost'))).toThrow(
      /^A callback to run on rollback belongs to a transaction that has already ended/,
    );
  });

  it('is an error for work that nobody awaited and that registers after the end', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    let detached: Promise<void> | undefined;

    await atomic(one.dataSource, async () => {
      detached = gate.then(() => onCommit(note('lost')));
    });
    release();

    await expect(detached).rejects.toThrow(TransactionEndedError);
    expect(ran).toEqual([]);
  });

  it('is an error for such work also when it has had a transaction of its own since', async () => {
    const gate = closedGate();
    const workLater = async () => {
      await gate.opened;
      const runner = one.dataSource.createQueryRunner();
      await runner.startTransaction();
      onCommit(note('own'), { manager: runner });
      await runner.commitTransaction();
      await runner.release();
      onCommit(note('lost'));
    };
    let detached: Promise<void> | undefined;

    await atomic(one.dataSource, async () => void (detached = workLater()));
    gate.open();

    await expect(detached).rejects.toThrow(TransactionEndedError);
    expect(ran).toEqual(['own']);
  });

  it('is an error for detached work of a savepoint that has ended', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));

    await atomic(one.dataSource, async () => {
      let detached: Promise<void> | undefined;
      await atomic(one.dataSource, async () => {
        detached = gate.then(() => onCommit(note('lost')));
      });
      release();
      await expect(detached).rejects.toThrow(TransactionEndedError);
    });
  });
});

describe('An onRollback callback', () => {
  const one = useDataSource([LogLine], { poolSize: 1 });
  const { ran, note } = one;

  it('runs when the transaction rolls back and not when it commits', async () => {
    await atomic(one.dataSource, async () => onRollback(note('committed')));
    await atomic(one.dataSource, async () => {
      onRollback(note('rolled back'));
      throw new Error('no');
    }).catch(() => {});

    expect(ran).toEqual(['rolled back']);
  });

  it('runs for a rolled back savepoint once the outermost transaction has ended', async () => {
    await atomic(one.dataSource, async () => {
      onCommit(note('outer'));
      await atomic(one.dataSource, async () => {
        onRollback(async () => {
          await one.dataSource.query('SELECT 1');
          ran.push('inner undone');
        });
        throw new Error('inner');
      }).catch(() => {});
      expect(ran).toEqual([]);
    });

    expect(ran).toEqual(['outer', 'inner undone']);
  });
});
