import { describe, expect, it } from '@jest/globals';
import type { EntityManager, EntitySubscriberInterface } from 'typeorm';
import {
  defineSignal,
  SignalCycleError,
  Signals,
  SignalsClosedError,
  adminOf,
} from 'nestjs-signals/core';
import {
  atomic,
  besideTransaction,
  onCommit,
  postSave,
  preSave,
  typeOrmSignals,
} from 'nestjs-signals/typeorm';
import { Author, author, Book, Draft, LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

describe('Receivers of model signals', () => {
  const one = useDataSource([Author, Book, LogLine, Draft], { poolSize: 2 });
  const { ran: events, connect } = one;

  it('run receivers in the transaction of the save, through context.manager', async () => {
    connect(
      postSave,
      async (_, { manager }) => void (await manager.insert(LogLine, { text: 'saved' })),
      { sender: Author },
    );

    await atomic(one.dataSource, async (manager) => {
      await manager.save(author('Ursula'));
      throw new Error('undo');
    }).catch(() => {});
    const undone = await one.dataSource.manager.count(LogLine);
    await one.dataSource.manager.save(author('Ursula'));

    expect(undone).toBe(0);
    expect(await one.dataSource.manager.count(LogLine)).toBe(1);
  });

  it('let receivers register work for after the commit of a bare save, also before its SQL', async () => {
    const seen = async (text: string) =>
      void events.push(`${text}: ${await one.dataSource.manager.count(Author)}`);
    connect(preSave, (_, context) => context.onCommit(() => seen('from preSave')));
    connect(postSave, () => onCommit(() => seen('from postSave')));
    connect(postSave, () => seen('afterCommit'), { phase: 'afterCommit' });

    await one.dataSource.manager.save(author('Ursula'));

    expect(events).toEqual(['from preSave: 1', 'from postSave: 1', 'afterCommit: 1']);
  });

  it('run receivers one after the other, although TypeORM starts its hooks together', async () => {
    connect(
      postSave,
      async ({ instance }, { manager }) => {
        const { name } = instance;
        events.push(`start ${name}`);
        await manager.transaction((inner) => inner.query('SELECT pg_sleep(0.005)'));
        events.push(`end ${name}`);
      },
      { sender: Author },
    );

    await one.dataSource.manager.save([author('A'), author('B'), author('C')]);

    expect(events).toEqual(['start A', 'end A', 'start B', 'end B', 'start C', 'end C']);
  });

  it('skip the rest of a save after a failure, and hear the next save on the same runner', async () => {
    connect(
      postSave,
      ({ instance }) => {
        const { name } = instance;
        events.push(name);
        if (name === 'B') throw new Error('no B');
      },
      { sender: Author },
    );

    await atomic(one.dataSource, async (manager) => {
      await atomic(one.dataSource, () =>
        manager.save([author('A'), author('B'), author('C')]),
      ).catch(() => {});
      await manager.save(author('D'));
    });

    expect(events).toEqual(['A', 'B', 'D']);
  });

  it('let receivers save other entities, whose signals are sent in turn', async () => {
    connect(
      postSave,
      async ({ instance }, { manager }) => {
        await manager.save(Object.assign(new LogLine(), { text: instance.name }));
      },
      { sender: Author },
    );
    connect(postSave, ({ instance }) => void events.push(instance.text), {
      sender: LogLine,
    });

    await one.dataSource.manager.save([author('A'), author('B')]);

    expect(events).toEqual(['A', 'B']);
  });

  it('name the cycle of a receiver that saves its own instance for ever', async () => {
    connect(
      postSave,
      async ({ instance }, { manager }) => {
        const self = instance;
        self.bio = `${self.bio ?? ''}x`;
        await manager.save(self);
      },
      { sender: Author },
    );

    const saving = one.dataSource.manager.save(author('Ursula'));

    await expect(saving).rejects.toThrow(SignalCycleError);
    await expect(saving).rejects.toThrow('model.postSave(Author) → model.postSave(Author)');
  });

  it('undo a robust receiver alone: its failed statement does not poison the save', async () => {
    connect(
      postSave,
      async (_, { manager }) => {
        await manager.insert(LogLine, { text: 'undone' });
        await manager.query('SELECT 1 / 0');
      },
      { sender: Author, robust: true, dispatchUid: 'audit' },
    );
    one.reported.length = 0;

    await one.dataSource.manager.save(author('Ursula'));

    expect(await one.dataSource.manager.count(Author)).toBe(1);
    expect(await one.dataSource.manager.count(LogLine)).toBe(0);
    expect(one.reported.map(({ what }) => what)).toEqual([
      "Receiver 'audit' of 'model.postSave' failed",
    ]);
  });

  it('are heard although a foreign subscriber throws synchronously', async () => {
    const foreign: EntitySubscriberInterface = {
      afterInsert() {
        throw new Error('foreign');
      },
    };
    connect(postSave, async () => {
      events.push('heard');
      throw new Error('ours');
    });
    one.dataSource.subscribers.push(foreign);

    const saving = one.dataSource.manager.save(author('Ursula'));

    await expect(saving).rejects.toThrow('foreign');
    one.dataSource.subscribers.pop();
    expect(events).toEqual(['heard']);
    expect(await one.dataSource.manager.count(Author)).toBe(0);
  });

  it('run after-commit work although a foreign subscriber makes the commit look failed', async () => {
    const foreign: EntitySubscriberInterface = {
      afterTransactionCommit() {
        throw new Error('foreign');
      },
    };
    connect(postSave, () => void events.push('after commit'), { phase: 'afterCommit' });
    one.dataSource.subscribers.push(foreign);

    await expect(one.dataSource.manager.save(author('Ursula'))).rejects.toThrow('foreign');

    one.dataSource.subscribers.pop();
    expect(events).toEqual(['after commit']);
    expect(await one.dataSource.manager.count(Author)).toBe(1);
  });

  it('are not left out when the application has closed: the save fails instead', async () => {
    const closing = new Signals();
    const attachment = typeOrmSignals({ dataSources: { closing: one.dataSource } }).attach({
      signals: closing,
      onError: () => {},
      resolve: () => undefined,
    });
    closing.connect(postSave, () => {}, { sender: Author });
    await adminOf(closing).close();

    await expect(one.dataSource.manager.save(author('Ursula'))).rejects.toThrow(SignalsClosedError);

    attachment[Symbol.dispose]();
    expect(await one.dataSource.manager.count(Author)).toBe(0);
  });

  it('are given an entity that is the payload of another signal as it is, to be saved', async () => {
    const registered = defineSignal<Author>('authors.registered');
    const ursula = await one.dataSource.manager.save(author('Ursula'));
    connect(registered, (who, { manager }) => manager.save(Object.assign(who, { bio: 'Writes.' })));

    await one.signals.send(registered, ursula, { sender: Author });

    expect(ursula.bio).toBe('Writes.');
    expect(await one.dataSource.manager.countBy(Author, { bio: 'Writes.' })).toBe(1);
  });

  it('save a chain of 200 parents, each because of the one before', async () => {
    const { manager } = one.dataSource;
    const lines = Array.from({ length: 201 }, () => Object.assign(new LogLine(), { text: 'old' }));
    await manager.save(lines);
    connect(
      postSave,
      async ({ instance }, context) => {
        const next = await context.manager.findOneBy(LogLine, { id: instance.id + 1 });
        if (next) await context.manager.save(Object.assign(next, { text: 'new' }));
      },
      { sender: LogLine },
    );

    await manager.save(Object.assign(lines[0] as LogLine, { text: 'new' }));

    expect(await manager.countBy(LogLine, { text: 'new' })).toBe(201);
  });

  it('may be robust, and open savepoints of their own, inside a nested atomic', async () => {
    connect(
      postSave,
      async (_, { manager }) => void (await manager.insert(LogLine, { text: 'robust' })),
      { sender: Author, robust: true, dispatchUid: 'robust' },
    );
    connect(
      postSave,
      () => atomic(one.dataSource, (manager) => manager.insert(LogLine, { text: 'nested' })),
      { sender: Author, dispatchUid: 'nested' },
    );

    await atomic(one.dataSource, () =>
      atomic(one.dataSource, (manager) => manager.save(author('Ursula'))),
    );

    expect(one.reported).toEqual([]);
    expect(await one.dataSource.manager.count(LogLine)).toBe(2);
  });

  it('may save on another connection, whose receivers save on the first one again', async () => {
    connect(
      postSave,
      (_, { manager }) =>
        atomic(one.dataSource, () =>
          besideTransaction(() =>
            one.dataSource.manager.save(Object.assign(new LogLine(), { text: 'other' })),
          ),
        ).then(() => manager.query('SELECT 1')),
      { sender: Author, dispatchUid: 'there' },
    );
    let first: EntityManager | undefined;
    connect(preSave, (_, { manager }) => void (first = manager), { sender: Author });
    connect(postSave, () => first?.save(Object.assign(new Book(), { title: 'back' })), {
      sender: LogLine,
    });
    connect(postSave, () => void events.push('book'), { sender: Book });

    await one.dataSource.manager.save(author('Ursula'));

    expect(events).toEqual(['book']);
  });
});
