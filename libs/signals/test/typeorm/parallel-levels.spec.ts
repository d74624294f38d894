import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EntityManager } from 'typeorm';
import { defineSignal, TransactionEndedError, adminOf } from 'nestjs-signals/core';
import { atomic, onCommit, onRollback, postSave } from 'nestjs-signals/typeorm';
import { closedGate } from '../core/support.js';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

/** Work in a level: what it writes, whether it fails, and the levels that it opens beside each other. */
interface Level {
  readonly opens: 'atomic' | 'transaction';
  readonly pauses: number;
  readonly fails: boolean;
  readonly isAwaited: boolean;
  readonly inner: readonly Level[];
}

const { level } = fc.letrec<{ readonly level: Level }>((tie) => ({
  level: fc.record({
    opens: fc.constantFrom('atomic' as const, 'transaction' as const),
    pauses: fc.nat({ max: 3 }),
    fails: fc.boolean(),
    isAwaited: fc.boolean(),
    inner: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant([]),
      fc.array(tie('level'), { maxLength: 3 }),
    ),
  }),
}));

const sent = defineSignal<object>('levels.sent');

describe('Levels of one transaction that end in any order', () => {
  const one = useDataSource([LogLine], { poolSize: 1 });
  const { ran, note } = one;
  const left: Promise<unknown>[] = [];
  const texts = async () =>
    (await one.dataSource.manager.find(LogLine, { order: { id: 'ASC' } })).map(({ text }) => text);
  const kept = (work: Promise<unknown>) => {
    left.push(work.catch(() => {}));
    return work;
  };
  afterEach(async () => {
    await Promise.all(left.splice(0));
  });

  /** Fails as soon as one of the levels inside it does, like `Promise.all`. */
  async function perform(tree: Level, manager: EntityManager, name: string): Promise<void> {
    await manager.insert(LogLine, { text: name });
    const inner = tree.inner.map((each, index) => {
      const work = (own: EntityManager) => perform(each, own, `${name}.${index}`);
      const opened =
        each.opens === 'atomic' ? atomic(one.dataSource, work) : manager.transaction(work);
      return { opened: kept(opened), each };
    });
    for (let pause = 0; pause < tree.pauses; pause += 1) await setTimeout(1);
    await Promise.all(inner.filter(({ each }) => each.isAwaited).map(({ opened }) => opened));
    await manager.insert(LogLine, { text: `${name} end` });
    if (tree.fails) throw new Error('no');
  }

  it('leave a connection without a transaction, and all of the work or nothing', async () => {
    await fc.assert(
      fc.asyncProperty(level, async (tree) => {
        await one.dataSource.query('TRUNCATE log_lines');
        ran.length = 0;
        const outcome = await atomic(one.dataSource, async (manager) => {
          onCommit(note('commit'));
          onRollback(note('rollback'));
          await perform(tree, manager, 'outer');
        }).then(
          () => 'commit',
          () => 'rollback',
        );
        // In a transaction that had been left open this would be undone by whoever ends it.
        await one.dataSource.manager.insert(LogLine, { text: 'next' });
        await Promise.all(left.splice(0));
        await one.dataSource.query('ROLLBACK');

        const [first, ...others] = await texts();
        expect(ran).toEqual([outcome]);
        expect(first).toBe(outcome === 'commit' ? 'outer' : 'next');
        expect([first, ...others]).toContain('next');
        expect(adminOf(one.signals).underWay()).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['atomic', (work: () => Promise<unknown>) => atomic(one.dataSource, work)],
    [
      'transaction',
      (work: () => Promise<unknown>, manager: EntityManager) => manager.transaction(work),
    ],
  ])('do not wait for those inside them when they are undone: %s', async (_, open) => {
    const gate = closedGate();
    const inner: Promise<unknown>[] = [];

    const outer = atomic(one.dataSource, async (manager) => {
      await manager.insert(LogLine, { text: 'outer' });
      const opened = closedGate();
      inner.push(
        kept(
          open(async () => {
            opened.open();
            await gate.opened;
            await manager.insert(LogLine, { text: 'inner' });
          }, manager),
        ),
      );
      await opened.opened;
      throw new Error('no');
    });

    await expect(outer).rejects.toThrow('no');
    await one.dataSource.manager.insert(LogLine, { text: 'next' });
    gate.open();
    await expect(inner[0]).rejects.toThrow(Error);
    expect(await texts()).toEqual(['next']);
  });

  it.each<[string, () => unknown]>([
    ['committed', () => undefined],
    ['undone', () => Promise.reject(new Error('inner'))],
  ])(
    'are counted right when one is being %s while another around it is undone',
    async (_, work) => {
      const ending = closedGate();
      const subscriber = {
        beforeQuery: ({ query }: { readonly query: string }) => {
          if (/^(?:RELEASE|ROLLBACK TO) SAVEPOINT typeorm_2/.test(query)) ending.open();
        },
      };
      one.dataSource.subscribers.push(subscriber);
      try {
        await atomic(one.dataSource, async (manager) => {
          const middle = atomic(one.dataSource, async () => {
            void kept(atomic(one.dataSource, async () => work()));
            await ending.opened;
            throw new Error('middle');
          });
          await expect(middle).rejects.toThrow('middle');
          await atomic(one.dataSource, (inner) => inner.insert(LogLine, { text: 'later' }));
          await manager.insert(LogLine, { text: 'outer' });
        });
      } finally {
        one.dataSource.subscribers.splice(one.dataSource.subscribers.indexOf(subscriber), 1);
      }
      expect(await texts()).toEqual(['later', 'outer']);
    },
  );

  it('are refused where the work around them has returned', async () => {
    const late: Promise<unknown>[] = [];
    const first = closedGate();
    await atomic(one.dataSource, (manager) =>
      manager.transaction(async (middle) => {
        void kept(middle.transaction(() => first.opened));
        late.push(kept(middle.transaction((inner) => inner.insert(LogLine, { text: 'late' }))));
        await middle.insert(LogLine, { text: 'in time' });
        // By then the work has returned.
        setImmediate(() => first.open());
      }),
    );

    await expect(late[0]).rejects.toThrow(TransactionEndedError);
    expect(await texts()).toEqual(['in time']);
  });

  it('commit nothing but the transaction that they are in, when their work ends too late', async () => {
    const gate = closedGate();
    const runner = one.dataSource.createQueryRunner();
    await runner.startTransaction();
    const opened = closedGate();
    const late = kept(
      runner.manager.transaction(async () => {
        opened.open();
        await gate.opened;
      }),
    );
    await opened.opened;
    await runner.rollbackTransaction();
    await runner.startTransaction();
    await runner.manager.insert(LogLine, { text: 'of another' });
    gate.open();

    await expect(late).rejects.toThrow(TransactionEndedError);
    await runner.rollbackTransaction();
    await runner.release();
    expect(await texts()).toEqual([]);
  });

  it('are committed after those inside them, which nobody awaited', async () => {
    await atomic(one.dataSource, async () => {
      const opened = closedGate();
      void kept(
        atomic(one.dataSource, async (manager) => {
          opened.open();
          await setTimeout(5);
          onCommit(note('inner'));
          await manager.insert(LogLine, { text: 'inner' });
        }),
      );
      await opened.opened;
    });

    expect(ran).toEqual(['inner']);
    expect(await texts()).toEqual(['inner']);
  });

  it('leave to who drives them by hand what was begun by hand', async () => {
    await atomic(one.dataSource, async (manager) => {
      const runner = manager.queryRunner;
      await manager.insert(LogLine, { text: 'kept' });
      await runner?.startTransaction();
      await manager.insert(LogLine, { text: 'undone' });
      await runner?.rollbackTransaction();
      await runner?.startTransaction();
      await manager.insert(LogLine, { text: 'released' });
      await runner?.commitTransaction();
      await runner?.startTransaction();
      await manager.insert(LogLine, { text: 'left open' });
    });

    expect(await texts()).toEqual(['kept', 'released', 'left open']);
  });

  it('cannot be opened in a transaction that has failed, which stays one', async () => {
    one.connect(sent, note('never'));
    const outer = atomic(one.dataSource, async (manager) => {
      await manager.query('SELECT 1 / 0').catch(() => {});
      await atomic(one.dataSource, () => Promise.resolve()).catch(() => {});
      await one.signals.sendRobust(sent, {});
      await manager.insert(LogLine, { text: 'by itself' }).catch(() => {});
    });

    await expect(outer).rejects.toThrow(Error);
    expect(await texts()).toEqual([]);
  });
});

describe('A transaction that a receiver begins by hand', () => {
  const one = useDataSource([LogLine], { poolSize: 3 });

  it('is none of the save that told the receiver', async () => {
    const runner = one.dataSource.createQueryRunner();
    one.connect(
      postSave,
      async () => {
        await runner.startTransaction();
        onCommit(one.note('at once'));
      },
      { sender: LogLine },
    );
    const line = Object.assign(new LogLine(), { text: 'by itself' });

    await one.dataSource.manager.save(line, { transaction: false });
    expect(one.ran).toEqual(['at once']);
    onCommit(one.note('committed'), { manager: runner });
    await runner.commitTransaction();
    await runner.release();

    expect(one.ran).toEqual(['at once', 'committed']);
  });
});
