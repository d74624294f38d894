import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import {
  Column,
  Entity,
  JoinTable,
  ManyToMany,
  PrimaryGeneratedColumn,
  type EntityManager,
} from 'typeorm';
import { defineSignal } from 'nestjs-signals/core';
import {
  atomic,
  BlockedStatementError,
  currentManager,
  m2mChanged,
  postSave,
  preSave,
} from 'nestjs-signals/typeorm';
import { closedGate } from '../core/support.js';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

@Entity('labels')
class Label {
  @PrimaryGeneratedColumn()
  id!: number;
}

@Entity('notes')
class Note {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  title!: string;

  @ManyToMany(() => Label)
  @JoinTable()
  labels!: Label[];
}

const line = (text: string) => Object.assign(new LogLine(), { text });
const viewed = defineSignal<{ readonly id: number }>('notes.viewed');

describe('Saves of one transaction at the same time', () => {
  const one = useDataSource([LogLine, Note, Label]);
  const { ran, connect } = one;
  const texts = async () =>
    (await one.dataSource.manager.find(LogLine, { order: { text: 'ASC' } })).map(
      ({ text }) => text,
    );
  const failSlowly = () =>
    connect(
      postSave,
      async ({ instance }) => {
        await new Promise(setImmediate);
        if (instance.text.startsWith('bad')) throw new Error('refused');
        ran.push(instance.text);
      },
      { sender: LogLine, dispatchUid: 'refuse' },
    );

  it('have their receivers, whichever of the others fail', async () => {
    failSlowly();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }), async (good) => {
        await one.dataSource.query('TRUNCATE log_lines');
        ran.length = 0;
        const names = good.map((isGood, index) => `${isGood ? 'good' : 'bad'} ${index}`);

        const results = await atomic(one.dataSource, (manager) =>
          Promise.allSettled(names.map((name) => manager.save(line(name)))),
        );

        const saved = names.filter((_, index) => good[index]);
        expect(results.map(({ status }) => status === 'fulfilled')).toEqual(good);
        expect(ran).toEqual(saved);
        expect(await texts()).toEqual(expect.arrayContaining(saved));
      }),
      { numRuns: 25 },
    );
  });

  it('have what preSave changes, and tell of their links', async () => {
    failSlowly();
    connect(preSave, ({ instance }) => void (instance.title = instance.title.toUpperCase()), {
      sender: Note,
    });
    connect(m2mChanged, ({ action, ids }) => void ran.push(`${action} ${String(ids)}`), {
      sender: Note,
    });
    const label = await one.dataSource.manager.save(new Label());
    const note = () => Object.assign(new Note(), { title: 'a', labels: [label] });

    const results = await atomic(one.dataSource, (manager) =>
      Promise.allSettled([manager.save(line('bad')), manager.save(note()), manager.save(note())]),
    );

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect((await one.dataSource.manager.find(Note)).map(({ title }) => title)).toEqual(['A', 'A']);
    expect(ran).toEqual(['postAdd 1', 'postAdd 1']);
  });

  it('write nothing after the rollback that the first failure of Promise.all brings', async () => {
    connect(
      postSave,
      async ({ instance }, { manager }) => {
        if (instance.text === 'bad') throw new Error('refused');
        if (instance.text !== 'good') return;
        for (let index = 0; index < 20; index += 1) {
          await manager.insert(LogLine, { text: `after ${index}` });
        }
      },
      { sender: LogLine },
    );

    const saving: Promise<unknown>[] = [];
    const all = atomic(one.dataSource, (manager) => {
      saving.push(...['bad', 'good', 'good'].map((text) => manager.save(line(text))));
      return Promise.all(saving);
    });

    await expect(all).rejects.toThrow('refused');
    await Promise.allSettled(saving);
    expect(await texts()).toEqual([]);
  });

  it.each([
    ['the transaction', (work: () => Promise<unknown>) => atomic(one.dataSource, work)],
    [
      'an inner level',
      (work: () => Promise<unknown>) =>
        atomic(one.dataSource, () => atomic(one.dataSource, work).catch(() => {})),
    ],
  ])('leave nothing of %s that is undone while others still write', async (_, within) => {
    const writing: Promise<unknown>[] = [];

    await within(async () => {
      const manager = currentManager(one.dataSource);
      writing.push(
        (async () => {
          for (let index = 0; index < 30; index += 1)
            await manager.insert(LogLine, { text: 'late' });
        })(),
      );
      await manager.query('SELECT 1');
      throw new Error('undo');
    }).catch(() => {});
    await Promise.allSettled(writing);

    expect(await texts()).toEqual([]);
  });
});

describe('A savepoint that others have open', () => {
  const one = useDataSource([LogLine, Note, Label]);
  const { connect } = one;
  const count = () => one.dataSource.manager.count(LogLine);

  it.each([
    ['save', (manager: EntityManager): Promise<unknown> => manager.save(line('kept'))],
    [
      'insert',
      (manager: EntityManager): Promise<unknown> => manager.insert(LogLine, { text: 'kept' }),
    ],
  ])('of a robust receiver of a save does not undo a neighbour’s %s', async (_name, write) => {
    const opened = closedGate();
    connect(
      postSave,
      async (_, { manager }) => {
        opened.open();
        await manager.insert(LogLine, { text: 'undone' });
        await manager.query('SELECT pg_sleep(0.01)');
        await manager.query('SELECT 1 / 0');
      },
      { sender: Note, robust: true },
    );

    await atomic(one.dataSource, (manager) =>
      Promise.all([
        manager.save(Object.assign(new Note(), { title: 'a' })),
        opened.opened.then(() => write(manager)),
      ]),
    );

    expect(await one.dataSource.manager.find(LogLine)).toMatchObject([{ text: 'kept' }]);
    expect(one.reported).toHaveLength(1);
  });

  it('of sendRobust does not undo a neighbour’s statement', async () => {
    const opened = closedGate();
    connect(viewed, async (_, { manager }) => {
      opened.open();
      await manager.query('SELECT pg_sleep(0.01)');
      await manager.query('SELECT 1 / 0');
    });

    await atomic(one.dataSource, (manager) =>
      Promise.all([
        one.signals.sendRobust(viewed, { id: 1 }),
        opened.opened.then(() => manager.insert(LogLine, { text: 'kept' })),
      ]),
    );

    expect(await count()).toBe(1);
  });

  it('of an inner atomic() does not undo a neighbour’s statement', async () => {
    const opened = closedGate();

    await atomic(one.dataSource, (manager) =>
      Promise.all([
        atomic(one.dataSource, async (inner) => {
          opened.open();
          await inner.query('SELECT pg_sleep(0.01)');
          throw new Error('undo');
        }).catch(() => {}),
        opened.opened.then(() => manager.insert(LogLine, { text: 'kept' })),
      ]),
    );

    expect(await count()).toBe(1);
  });

  it('lets a robust receiver save what has receivers itself, while a neighbour’s receiver waits', async () => {
    connect(
      viewed,
      async (_, { manager }) => {
        await setTimeout(5);
        await manager.save(line('inside'));
        await manager.query('SELECT 1 / 0');
      },
      { dispatchUid: 'viewed' },
    );
    connect(
      postSave,
      async ({ instance }, { manager }) => {
        await setTimeout(5);
        if (instance.text === 'outside') await manager.save(line('by receiver'));
      },
      { sender: LogLine, dispatchUid: 'lines' },
    );

    await atomic(one.dataSource, (manager) =>
      Promise.all([
        one.signals.sendRobust(viewed, { id: 1 }),
        manager.save(line('outside')),
        one.signals.sendRobust(viewed, { id: 2 }),
      ]),
    );

    expect((await one.dataSource.manager.find(LogLine)).map(({ text }) => text).toSorted()).toEqual(
      ['by receiver', 'outside'],
    );
  });

  it('ends in an error that says so where its work waits for such a statement', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const opened = closedGate();
      const blocked: unknown[] = [];
      const waiting = atomic(one.dataSource, async (manager) => {
        const write = opened.opened.then(() => manager.insert(LogLine, { text: 'blocked' }));
        write.catch((error: unknown) => blocked.push(error));
        await atomic(one.dataSource, async () => {
          opened.open();
          await write;
        }).catch(() => {});
      });
      while (jest.getTimerCount() === 0) await new Promise(setImmediate);
      jest.advanceTimersByTime(30_000);
      await waiting;

      expect(blocked).toEqual([expect.any(BlockedStatementError)]);
      expect(await count()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});
