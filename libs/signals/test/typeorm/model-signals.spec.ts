import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DeleteDateColumn, Entity, type EntitySubscriberInterface } from 'typeorm';
import { changed, created, SignalCycleError, updated } from 'nestjs-signals';
import {
  atomic,
  onCommit,
  postDelete,
  postRestore,
  postSave,
  postSoftDelete,
  preDelete,
  preSave,
  preSoftDelete,
  type PostSave,
} from 'nestjs-signals/typeorm';
import { startDataSource, type SignalsOnDataSource } from '../support/data-source.js';
import { Author, author, Book, LogLine } from '../support/entities.js';

@Entity('drafts')
class Draft extends LogLine {
  @DeleteDateColumn({ type: 'timestamptz' })
  deletedAt!: Date | null;
}

describe('Model signals', () => {
  let one: SignalsOnDataSource;
  let connected: Disposable[];
  let events: string[];

  const connect: SignalsOnDataSource['signals']['connect'] = (signal, receiver, options) => {
    const connection = one.signals.connect(signal, receiver, options);
    connected.push(connection);
    return connection;
  };

  beforeAll(async () => {
    one = await startDataSource([Author, Book, LogLine, Draft], { poolSize: 2 });
  });
  afterAll(() => one.close());
  beforeEach(async () => {
    connected = [];
    events = [];
    await one.dataSource.query('TRUNCATE authors, books, log_lines, drafts RESTART IDENTITY');
  });
  afterEach(() => {
    for (const connection of connected) connection[Symbol.dispose]();
  });

  it('tell of an insert before and after its SQL, with the id only after it', async () => {
    connect(preSave, ({ instance, created: isNew, id }) => {
      events.push(`pre ${(instance as Author).name} ${isNew} ${String(id)}`);
    });
    connect(
      postSave,
      (event: PostSave<Author>) => {
        events.push(
          `post ${event.instance.name} ${event.created} ${String(event.id)} ${event.using}`,
        );
      },
      { sender: Author },
    );

    await one.dataSource.manager.save(author('Ursula'));

    expect(events).toEqual(['pre Ursula true undefined', 'post Ursula true 1 default']);
  });

  it('tell what an update changed, and the former values', async () => {
    const ursula = await one.dataSource.manager.save(author('Ursula'));
    connect(
      postSave,
      ({ created: isNew, changed: columns, previous, id }: PostSave<Author>) => {
        events.push(JSON.stringify({ isNew, columns, previous, id }));
      },
      { sender: Author },
    );

    ursula.name = 'Ursula K.';
    ursula.secret = 'never read, so never listed';
    await one.dataSource.manager.save(ursula);

    expect(events).toEqual([
      '{"isNew":false,"columns":["name"],"previous":{"name":"Ursula"},"id":1}',
    ]);
  });

  it('reach only receivers whose condition holds: created, updated, changed', async () => {
    const note = (text: string) => () => void events.push(text);
    connect(postSave, note('created'), { sender: Author, when: created });
    connect(postSave, note('updated'), { sender: Author, when: updated });
    connect(postSave, note('bio changed'), { sender: Author, when: changed('bio') });

    const ursula = await one.dataSource.manager.save(author('Ursula'));
    ursula.name = 'Ursula K.';
    await one.dataSource.manager.save(ursula);
    ursula.bio = 'Writes.';
    await one.dataSource.manager.save(ursula);

    expect(events).toEqual(['created', 'updated', 'updated', 'bio changed']);
  });

  it('send nothing for a save that changes nothing', async () => {
    const line = Object.assign(new LogLine(), { text: 'same' });
    await one.dataSource.manager.save(line);
    connect(postSave, () => void events.push('saved'));

    await one.dataSource.manager.save(line);

    expect(events).toEqual([]);
  });

  it('save what a preSave receiver changes on the instance', async () => {
    connect(preSave, ({ instance }) => void ((instance as Author).bio = 'By receiver.'));

    await one.dataSource.manager.save(author('Ursula'));

    const [row] = await one.dataSource.manager.find(Author);
    expect(row?.bio).toBe('By receiver.');
  });

  it('leave no row when a postSave receiver of a bare save fails', async () => {
    const failure = new Error('veto');
    connect(postSave, async () => Promise.reject(failure), { sender: Author });

    await expect(one.dataSource.manager.save(author('Ursula'))).rejects.toBe(failure);

    expect(await one.dataSource.manager.count(Author)).toBe(0);
  });

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
        const { name } = instance as Author;
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
        const { name } = instance as Author;
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
        await manager.save(Object.assign(new LogLine(), { text: (instance as Author).name }));
      },
      { sender: Author },
    );
    connect(postSave, ({ instance }) => void events.push((instance as LogLine).text), {
      sender: LogLine,
    });

    await one.dataSource.manager.save([author('A'), author('B')]);

    expect(events).toEqual(['A', 'B']);
  });

  it('name the cycle of a receiver that saves its own instance for ever', async () => {
    connect(
      postSave,
      async ({ instance }, { manager }) => {
        const self = instance as Author;
        self.bio = `${self.bio ?? ''}x`;
        await manager.save(self);
      },
      { sender: Author },
    );

    const saving = one.dataSource.manager.save(author('Ursula'));

    await expect(saving).rejects.toThrow(SignalCycleError);
    await expect(saving).rejects.toThrow('model.postSave(Author) → model.postSave(Author)');
  });

  it('complete a partial instance, and the next save of it loses nothing', async () => {
    await one.dataSource.manager.save(Object.assign(author('Ursula'), { bio: 'Writes.' }));
    const partial = Object.assign(new Author(), { id: 1, name: 'Ursula K.' });
    connect(
      postSave,
      (event: PostSave<Author>) => {
        events.push(`${event.instance.name} ${event.instance.bio} ${event.changed.join()}`);
      },
      { sender: Author },
    );

    await one.dataSource.manager.save(partial);
    partial.name = 'U. K. Le Guin';
    await one.dataSource.manager.save(partial);

    expect(events).toEqual(['Ursula K. Writes. name', 'U. K. Le Guin Writes. name']);
    expect((await one.dataSource.manager.findOneBy(Author, { id: 1 }))?.bio).toBe('Writes.');
  });

  it('come from cascades with each entity’s own class as sender, and one origin', async () => {
    const ursula = Object.assign(author('Ursula'), {
      books: [Object.assign(new Book(), { title: 'The Dispossessed' })],
    });
    connect(postSave, ({ origin }) => void events.push(`Author ${origin === ursula}`), {
      sender: Author,
    });
    connect(postSave, ({ origin }) => void events.push(`Book ${origin === ursula}`), {
      sender: Book,
    });

    await one.dataSource.manager.save(ursula);

    expect(events).toEqual(['Author true', 'Book true']);
  });

  it('tell of a removal, with the id that TypeORM takes off the instance', async () => {
    const ursula = await one.dataSource.manager.save(author('Ursula'));
    connect(preDelete, ({ id }) => void events.push(`pre ${String(id)}`), { sender: Author });
    connect(postDelete, ({ id, instance }) => {
      events.push(`post ${String(id)} ${String((instance as Author).id)}`);
    });

    await one.dataSource.manager.remove(ursula);

    expect(events).toEqual(['pre 1', 'post 1 undefined']);
  });

  it('prevent a removal when a preDelete receiver fails', async () => {
    const ursula = await one.dataSource.manager.save(author('Ursula'));
    connect(preDelete, () => Promise.reject(new Error('keep her')));

    await expect(one.dataSource.manager.remove(ursula)).rejects.toThrow('keep her');

    expect(await one.dataSource.manager.count(Author)).toBe(1);
  });

  it('tell of soft removal and of recovery', async () => {
    const draft = await one.dataSource.manager.save(Object.assign(new Draft(), { text: 'd' }));
    connect(preSoftDelete, ({ id }) => void events.push(`pre soft ${String(id)}`));
    connect(postSoftDelete, ({ id }) => void events.push(`post soft ${String(id)}`));
    connect(postRestore, ({ id }) => void events.push(`restored ${String(id)}`));

    await one.dataSource.manager.softRemove(draft);
    await one.dataSource.manager.recover(draft);

    expect(events).toEqual(['pre soft 1', 'post soft 1', 'restored 1']);
  });

  it('are not sent for writes that carry no instance', async () => {
    for (const signal of [preSave, postSave, preDelete, postDelete]) {
      connect(signal, () => void events.push(signal.name));
    }
    const { manager } = one.dataSource;

    await manager.insert(Author, { name: 'A' });
    await manager.upsert(Author, { name: 'A' }, ['name']);
    await manager.update(Author, { name: 'A' }, { bio: 'b' });
    await manager.createQueryBuilder(Author, 'a').update().set({ bio: 'c' }).execute();
    await manager.delete(Author, { name: 'A' });

    expect(events).toEqual([]);
  });

  it('are not sent for an insert that a receiver makes', async () => {
    connect(
      postSave,
      async (_, { manager }) => {
        events.push('saved');
        await manager.insert(Author, { name: 'inserted' });
      },
      { sender: Author },
    );

    await one.dataSource.manager.save(author('Ursula'));

    expect(events).toEqual(['saved']);
  });

  it('do not reach receivers of a parent class unless they include subclasses', async () => {
    connect(postSave, () => void events.push('LogLine'), { sender: LogLine });
    connect(postSave, () => void events.push('LogLine or below'), {
      sender: LogLine,
      includeSubclasses: true,
    });

    await one.dataSource.manager.save(Object.assign(new Draft(), { text: 'd' }));

    expect(events).toEqual(['LogLine or below']);
  });

  it('say that values are raw when the caller does', async () => {
    connect(postSave, ({ raw }) => void events.push(String(raw)));

    await one.dataSource.manager.save(author('A'), { data: { raw: true } });
    await one.dataSource.manager.save(Author, { name: 'B' });

    expect(events).toEqual(['true', 'false']);
  });

  it('stay silent in a muted scope, and for what is queued there', async () => {
    connect(postSave, () => void events.push('author'), { sender: Author, dispatchUid: 'a' });
    connect(postSave, () => void events.push('mail'), { phase: 'afterCommit', dispatchUid: 'm' });

    await one.signals.mute({ dispatchUid: 'm' }, () => one.dataSource.manager.save(author('A')));
    await one.signals.mute({}, () => one.dataSource.manager.save(author('B')));

    expect(events).toEqual(['author']);
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
});
