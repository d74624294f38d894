import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { atomic, currentManager, onCommit, onRollback, postSave } from 'nestjs-signals/typeorm';
import { rolledBackTest } from 'nestjs-signals/testing';
import { startDataSource, type SignalsOnDataSource } from '../support/data-source.js';
import { LogLine } from '../support/entities.js';

describe('In rolledBackTest everything has the order and the moments of production', () => {
  let one: SignalsOnDataSource;
  const rows = () => one.dataSource.manager.count(LogLine);
  const insert = (text: string) => currentManager(one.dataSource).insert(LogLine, { text });

  beforeAll(async () => {
    one = await startDataSource([LogLine], { poolSize: 1 });
  });
  afterAll(() => one.close());

  /** Runs a story for real and in a test, and answers both logs. */
  async function inBoth(story: (note: (text: string) => void) => Promise<unknown>) {
    const log = async (run: () => Promise<unknown>, lines: string[]) => {
      await run().catch((error: unknown) => lines.push(String(error)));
      return [...lines, ...one.reported.splice(0).map(({ error }) => `told ${String(error)}`)];
    };
    const real: string[] = [];
    const production = await log(() => story((text) => real.push(text)), real);
    await one.dataSource.manager.clear(LogLine);
    const tested: string[] = [];
    const test = await log(
      () => rolledBackTest(one.dataSource, () => story((text) => tested.push(text))),
      tested,
    );
    return { production, test };
  }

  it('for callbacks: at the end of the outermost transaction, 1, 11, 2, 12', async () => {
    const { production, test } = await inBoth(async (note) => {
      await atomic(one.dataSource, async () => {
        for (const number of ['1', '2']) {
          onCommit(async () => {
            note(number);
            await atomic(one.dataSource, async () => onCommit(() => note(`1${number}`)));
            note(`${number} ends`);
          });
        }
        await atomic(one.dataSource, async () => onCommit(() => note('3, of a savepoint')));
        note('commits');
      });
      note('goes on');
    });

    expect(test).toEqual([
      'commits',
      '1',
      '11',
      '1 ends',
      '2',
      '12',
      '2 ends',
      '3, of a savepoint',
      'goes on',
    ]);
    expect(production).toEqual(test);
  });

  it('for rollbacks, of savepoints and of everything', async () => {
    const { production, test } = await inBoth(async (note) => {
      await atomic(one.dataSource, async () => {
        onCommit(() => note('committed'));
        await atomic(one.dataSource, async () => {
          onCommit(() => note('never'));
          onRollback(() => note('savepoint undone'));
          throw new Error('inner');
        }).catch(() => {});
        onRollback(() => note('never'));
      });
      await atomic(one.dataSource, async () => {
        onCommit(() => note('never'));
        onRollback(() => note('all undone'));
        throw new Error('outer');
      });
    });

    expect(test).toEqual(['committed', 'savepoint undone', 'all undone', 'Error: outer']);
    expect(production).toEqual(test);
  });

  it('for a runner that is driven by hand, and for statements', async () => {
    const { production, test } = await inBoth(async (note) => {
      const first = one.dataSource.createQueryRunner();
      await first.startTransaction();
      onCommit(() => note('by the runner'), { manager: first });
      await first.commitTransaction();
      await first.release();
      note('goes on');
      const runner = one.dataSource.createQueryRunner();
      await runner.query('BEGIN');
      onCommit(() => note('by a statement'), { manager: runner });
      await runner.query('SAVEPOINT a');
      onCommit(() => note('never'), { manager: runner });
      await runner.query('ROLLBACK TO a');
      await runner.query('COMMIT');
      await runner.release();
      note('ends');
    });

    expect(test).toEqual(['by the runner', 'goes on', 'by a statement', 'ends']);
    expect(production).toEqual(test);
  });

  it('for the implicit transaction of a save and its deferred receivers', async () => {
    using _receiver = one.signals.connect(postSave, ({ instance }) => noteAll(instance), {
      sender: LogLine,
      phase: 'afterCommit',
    });
    let noteAll: (line: LogLine) => void = () => {};
    const { production, test } = await inBoth(async (note) => {
      noteAll = ({ text }) => note(`${text} is committed`);
      await one.dataSource.getRepository(LogLine).save({ text: 'a' });
      note('saved');
    });

    expect(test).toEqual(['a is committed', 'saved']);
    expect(production).toEqual(test);
  });

  it('for a failure that was swallowed: the commit is an error', async () => {
    const { production, test } = await inBoth(async (note) => {
      await atomic(one.dataSource, async (manager) => {
        await manager.insert(LogLine, { text: 'lost' });
        await manager.query('SELECT 1 / 0').catch(() => note('swallowed'));
        onCommit(() => note('never'));
        onRollback(() => note('rolled back'));
      }).catch((error: Error) => note(error.name));
      note(`rows ${await rows()}`);
    });

    expect(test).toEqual(['swallowed', 'rolled back', 'TransactionAbortedError', 'rows 0']);
    expect(production).toEqual(test);
  });

  it('for a constraint that is checked at the commit, each time', async () => {
    await one.dataSource.query(
      'ALTER TABLE log_lines ADD CONSTRAINT deferred UNIQUE (text) DEFERRABLE INITIALLY DEFERRED',
    );
    const twice = async (note: (text: string) => void) => {
      await atomic(one.dataSource, async (manager) => {
        onCommit(() => note('never'));
        onRollback(() => note('rolled back'));
        await manager.insert(LogLine, { text: 'twice' });
        await manager.insert(LogLine, { text: 'twice' });
        note('not checked yet');
      }).catch((error: Error) => note(error.message));
    };
    try {
      const { production, test } = await inBoth(async (note) => {
        await atomic(one.dataSource, () => insert('fine'));
        await twice(note);
        await twice(note);
        note(`rows ${await rows()}`);
      });

      const failed = 'duplicate key value violates unique constraint "deferred"';
      const once = ['not checked yet', 'rolled back', failed];
      expect(test).toEqual([...once, ...once, 'rows 1']);
      expect(production).toEqual(test);
    } finally {
      await one.dataSource.query('ALTER TABLE log_lines DROP CONSTRAINT deferred');
    }
  });

  it('for a single statement that fails: it harms nothing else', async () => {
    const { production, test } = await inBoth(async (note) => {
      await insert('before');
      await one.dataSource.query('SELECT 1 / 0').catch((error: Error) => note(error.message));
      note(`rows ${await rows()}`);
    });

    expect(test).toEqual(['division by zero', 'rows 1']);
    expect(production).toEqual(test);
  });

  it('for what asks to be outermost, read-only or isolated', async () => {
    const { production, test } = await inBoth(async (note) => {
      await atomic(one.dataSource, async () => onCommit(() => note('durable')), {
        durable: true,
        isolation: 'SERIALIZABLE',
      });
      const runner = one.dataSource.createQueryRunner();
      await runner.query('START TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY');
      await runner.manager.insert(LogLine, { text: 'a' }).catch((error: Error) => {
        note(error.message);
      });
      await runner.query('ROLLBACK');
      await runner.manager.insert(LogLine, { text: 'a' });
      await runner.release();
      note(`rows ${await rows()}`);
    });

    const refused = 'cannot execute INSERT in a read-only transaction';
    expect(test).toEqual(['durable', refused, 'rows 1']);
    expect(production).toEqual(test);
  });

  it('for the failure of a callback: it is reported and the next one runs', async () => {
    const { production, test } = await inBoth(async (note) => {
      await atomic(one.dataSource, async () => {
        onCommit(() => Promise.reject(new Error('broken')));
        onCommit(() => note('next'));
      });
    });

    expect(test).toEqual(['next', 'told Error: broken']);
    expect(production).toEqual(test);
  });
});
