import { describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { atomic, onCommit, withinTransaction } from 'nestjs-signals/typeorm';
import { startDataSource } from '../support/data-source.js';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

describe('onCommit', () => {
  // A pool of one connection: whoever holds it while a callback asks for it hangs.
  const one = useDataSource([LogLine], { poolSize: 1 });
  const { ran, note } = one;
  const rows = () => one.dataSource.manager.count(LogLine);
  const write = (manager: EntityManager) => manager.insert(LogLine, { text: 'line' });

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

  it('does not run when a savepoint is released, only after the outermost commit', async () => {
    await atomic(one.dataSource, async () => {
      await atomic(one.dataSource, async () => onCommit(note('inner')));
      expect(ran).toEqual([]);
    });

    expect(ran).toEqual(['inner']);
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
      onCommit(note('first of key'), { dedupeKey: 'k' });
      onCommit(note('other'));
      onCommit(note('last of key'), { dedupeKey: 'k' });
    });

    expect(ran).toEqual(['last of key', 'other']);
  });

  it('with a key falls back to the former function when the savepoint of the latter rolls back', async () => {
    await atomic(one.dataSource, async () => {
      onCommit(note('outer'), { dedupeKey: 'k' });
      await atomic(one.dataSource, async () => {
        onCommit(note('inner'), { dedupeKey: 'k' });
        throw new Error('inner');
      }).catch(() => {});
    });

    expect(ran).toEqual(['outer']);
  });

  it('runs at once where no transaction is open', () => {
    onCommit(note('at once'));

    expect(ran).toEqual(['at once']);
  });

  it('runs at once where the manager or query runner that is named is in no transaction', async () => {
    await using runner = one.dataSource.createQueryRunner();
    onCommit(note('not begun'), { manager: runner });
    onCommit(note('of the pool'), { manager: one.dataSource.manager });

    expect(ran).toEqual(['not begun', 'of the pool']);
  });

  it('refuses what is no function', async () => {
    await atomic(one.dataSource, async () => {
      expect(() => onCommit('no function' as never)).toThrow(TypeError);
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

  it('belongs to the innermost transaction, also of those that are driven by hand', async () => {
    const two = await startDataSource([LogLine], { poolSize: 2 });
    try {
      await atomic(one.dataSource, async () => {
        const outer = two.dataSource.createQueryRunner();
        const inner = two.dataSource.createQueryRunner();
        await outer.startTransaction();
        await withinTransaction(outer, async () => {
          await inner.startTransaction();
          withinTransaction(inner, () => onCommit(note('inner')));
          await inner.commitTransaction();
          await inner.release();
          onCommit(note('outer'));
        });
        await outer.commitTransaction();
        onCommit(note('atomic'));
        expect(ran).toEqual(['inner']);
        await outer.release();
        expect(ran).toEqual(['inner', 'outer']);
      });
    } finally {
      await two.close();
    }

    expect(ran).toEqual(['inner', 'outer', 'atomic']);
  });

  it('runs in what is open around its own transaction, not around whoever ends that', async () => {
    const two = await startDataSource([LogLine]);
    try {
      const runner = one.dataSource.createQueryRunner();
      await runner.startTransaction();
      onCommit(() => onCommit(note('at once')), { manager: runner });
      await atomic(two.dataSource, async () => {
        await runner.commitTransaction();
        await runner.release();
        expect(ran).toEqual(['at once']);
      });
    } finally {
      await two.close();
    }
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

  it('belongs to the data source of the manager that is named, also where that is an outer one', async () => {
    const two = await startDataSource([LogLine]);
    try {
      await atomic(one.dataSource, async (manager) => {
        await atomic(two.dataSource, async () => onCommit(note('one'), { manager }));
        expect(ran).toEqual([]);
      });
    } finally {
      await two.close();
    }

    expect(ran).toEqual(['one']);
  });

  it('waits for the outer data source too when a callback of the inner one asks again', async () => {
    const two = await startDataSource([LogLine]);
    const inBoth = (text: string, fail = false) =>
      atomic(one.dataSource, async () => {
        await atomic(two.dataSource, async () => onCommit(() => onCommit(note(text))));
        expect(ran).not.toContain(text);
        if (fail) throw new Error('outer');
      });
    try {
      await inBoth('committed');
      await expect(inBoth('undone', true)).rejects.toThrow('outer');
    } finally {
      await two.close();
    }

    expect(ran).toEqual(['committed']);
  });
});
