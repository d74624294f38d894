import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { TransactionEndedError } from 'nestjs-signals';
import {
  atomic,
  NestedAtomicError,
  onCommit,
  onRollback,
  ParallelSavepointError,
  TransactionAbortedError,
} from 'nestjs-signals/typeorm';
import { startDataSource, type SignalsOnDataSource } from '../support/data-source.js';
import { LogLine } from '../support/entities.js';

describe('onCommit', () => {
  let one: SignalsOnDataSource;
  let ran: string[];
  const note = (text: string) => () => void ran.push(text);
  const rows = () => one.dataSource.manager.count(LogLine);
  const write = (manager: EntityManager, text = 'line') => manager.insert(LogLine, { text });

  beforeAll(async () => {
    // Every test runs on a pool of one connection: whoever holds it while a callback asks hangs.
    one = await startDataSource([LogLine], { poolSize: 1 });
  });
  afterAll(() => one.close());
  beforeEach(async () => {
    ran = [];
    one.reported.length = 0;
    await one.dataSource.manager.clear(LogLine);
  });

  it('runs after the commit, in the order of registration, before the caller goes on', async () => {
    await atomic(one.dataSource, async () => {
      onCommit(note('first'));
      onCommit(async () => {
        await one.dataSource.query('SELECT 1');
        ran.push('second');
      });
      onCommit(note('third'));
      expect(ran).toEqual([]);
    });

    expect(ran).toEqual(['first', 'second', 'third']);
  });

  it('sees the committed rows through the pool, although the pool has one connection', async () => {
    let seen = -1;

    await atomic(one.dataSource, async (manager) => {
      await write(manager);
      onCommit(async () => {
        seen = await rows();
      });
    });

    expect(seen).toBe(1);
  });

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

  it('does not run when a savepoint is released, only after the outermost commit', async () => {
    await atomic(one.dataSource, async () => {
      await atomic(one.dataSource, async () => onCommit(note('inner')));
      expect(ran).toEqual([]);
    });

    expect(ran).toEqual(['inner']);
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

  it('is dropped on a raw ROLLBACK, and nothing more can be registered', async () => {
    await atomic(one.dataSource, async (manager) => {
      onCommit(note('never'));
      await manager.query('ROLLBACK');
      expect(() => onCommit(note('late'))).toThrow(TransactionEndedError);
    }).catch(() => {});

    expect(ran).toEqual([]);
  });

  it('is dropped when the connection dies, and the pool recovers', async () => {
    const failing = atomic(one.dataSource, async (manager) => {
      onCommit(note('never'));
      onRollback(note('rolled back'));
      await manager.query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    await expect(failing).rejects.toThrow();

    await atomic(one.dataSource, async () => onCommit(note('next')));

    expect(ran).toEqual(['rolled back', 'next']);
  });

  it('runs 1, 11, 2, 12 when a callback opens a transaction with callbacks of its own', async () => {
    await atomic(one.dataSource, async () => {
      onCommit(async () => {
        ran.push('1');
        await atomic(one.dataSource, async () => onCommit(note('11')));
      });
      onCommit(async () => {
        ran.push('2');
        await atomic(one.dataSource, async () => onCommit(note('12')));
      });
    });

    expect(ran).toEqual(['1', '11', '2', '12']);
  });

  it('runs in place when it is registered in a callback', async () => {
    await atomic(one.dataSource, async () => {
      onCommit(() => {
        onCommit(note('inner'));
        ran.push('outer');
      });
    });

    expect(ran).toEqual(['inner', 'outer']);
  });

  it('reports a failure and runs the next one; the caller is not told that committed work failed', async () => {
    await atomic(one.dataSource, async () => {
      onCommit(() => {
        throw new Error('broken callback');
      });
      onCommit(note('next'));
    });

    expect(ran).toEqual(['next']);
    expect(one.reported.map(({ error }) => String(error))).toEqual(['Error: broken callback']);
  });

  it('with a key runs once: the last function, at the position of the first', async () => {
    await atomic(one.dataSource, async () => {
      onCommit(note('first of key'), { key: 'k' });
      onCommit(note('other'));
      onCommit(note('last of key'), { key: 'k' });
    });

    expect(ran).toEqual(['last of key', 'other']);
  });

  it('with a key falls back to the former function when the savepoint of the latter rolls back', async () => {
    await atomic(one.dataSource, async () => {
      onCommit(note('outer'), { key: 'k' });
      await atomic(one.dataSource, async () => {
        onCommit(note('inner'), { key: 'k' });
        throw new Error('inner');
      }).catch(() => {});
    });

    expect(ran).toEqual(['outer']);
  });

  it('runs at once where no transaction is open', () => {
    onCommit(note('at once'));

    expect(ran).toEqual(['at once']);
  });

  it('refuses what is no function', async () => {
    await atomic(one.dataSource, async () => {
      expect(() => onCommit('no function' as never)).toThrow(TypeError);
    });
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

  describe('finds transactions that were opened', () => {
    it('by dataSource.transaction', async () => {
      await one.dataSource.transaction(async (manager) => {
        await write(manager);
        onCommit(async () => void ran.push(`rows ${await rows()}`));
      });

      expect(ran).toEqual(['rows 1']);
    });

    it('by manager.transaction inside it, as a savepoint', async () => {
      await one.dataSource.transaction(async (manager) => {
        await manager
          .transaction(async () => {
            onCommit(note('inner'));
            throw new Error('inner');
          })
          .catch(() => {});
        onCommit(note('outer'));
      });

      expect(ran).toEqual(['outer']);
    });

    it('by a query runner that is driven by hand', async () => {
      const runner = one.dataSource.createQueryRunner();
      await runner.startTransaction();
      onCommit(note('ambient'));
      onCommit(note('named'), { manager: runner.manager });
      await runner.startTransaction();
      onCommit(note('rolled back'), { manager: runner });
      await runner.rollbackTransaction();
      await runner.commitTransaction();
      const beforeRelease = [...ran];
      await runner.release();

      expect(beforeRelease).toEqual(['ambient', 'named']);
      expect(() => onCommit(note('late'), { manager: runner.manager })).toThrow(
        TransactionEndedError,
      );
    });

    it('by statements on a query runner', async () => {
      const runner = one.dataSource.createQueryRunner();
      await runner.query('BEGIN');
      onCommit(note('committed'), { manager: runner });
      await runner.query('SAVEPOINT a; INSERT INTO log_lines (text) VALUES (1)');
      onCommit(note('undone'), { manager: runner });
      await runner.query('ROLLBACK TO a; RELEASE a');
      await runner.query('COMMIT');
      await runner.release();

      expect(ran).toEqual(['committed']);
    });
  });

  it('keeps parallel transactions apart', async () => {
    const many = await startDataSource([LogLine], { poolSize: 8 });
    try {
      await Promise.all(
        Array.from({ length: 40 }, async (_, index) => {
          await atomic(many.dataSource, async (manager) => {
            onCommit(note(`kept ${index}`));
            await manager.insert(LogLine, { text: String(index) });
            if (index % 2) throw new Error('odd');
          }).catch(() => {});
        }),
      );
    } finally {
      await many.close();
    }

    expect(ran).toHaveLength(20);
    expect(ran.every((text) => Number(text.slice(5)) % 2 === 0)).toBe(true);
  });

  it('belongs to the data source whose transaction is innermost', async () => {
    const two = await startDataSource([LogLine]);
    try {
      await atomic(one.dataSource, async () => {
        await atomic(two.dataSource, async () => onCommit(note('two')));
        expect(ran).toEqual(['two']);
        onCommit(note('one'));
      });
    } finally {
      await two.close();
    }

    expect(ran).toEqual(['two', 'one']);
  });
});

describe('onRollback', () => {
  let one: SignalsOnDataSource;
  let ran: string[];
  const note = (text: string) => () => void ran.push(text);

  beforeAll(async () => {
    one = await startDataSource([LogLine], { poolSize: 1 });
  });
  afterAll(() => one.close());
  beforeEach(() => {
    ran = [];
  });

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

describe('atomic', () => {
  let one: SignalsOnDataSource;

  beforeAll(async () => {
    one = await startDataSource([LogLine], { poolSize: 2 });
  });
  afterAll(() => one.close());

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
