import { describe, expect, it } from '@jest/globals';
import { changed, created, updated } from 'nestjs-signals/core';
import { postSave, preSave, type PostSave } from 'nestjs-signals/typeorm';
import { Author, author, Book, Draft, LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

describe('Model signals of a save', () => {
  const one = useDataSource([Author, Book, LogLine, Draft], { poolSize: 2 });
  const { ran: events, connect } = one;

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

  it('show a partial instance completed from its row, and leave it to the saver as it is', async () => {
    await one.dataSource.manager.save(Object.assign(author('Ursula'), { bio: 'Writes.' }));
    const partial = Object.assign(new Author(), { id: 1, name: 'Ursula K.' });
    connect(
      postSave,
      ({ instance, changed: columns }: PostSave<Author>) => {
        events.push(`${instance.name} ${instance.bio} ${columns.join()}`);
      },
      { sender: Author },
    );

    await one.dataSource.manager.save(partial);

    expect(events).toEqual(['Ursula K. Writes. name']);
    // TypeORM puts null for a nullable column that was left out, whether anybody listens or not.
    expect(partial.bio).toBeNull();
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

  it('say that values are raw when the caller does', async () => {
    connect(postSave, ({ raw }) => void events.push(String(raw)));

    await one.dataSource.manager.save(author('A'), { data: { raw: true } });
    await one.dataSource.manager.save(Author, { name: 'B' });

    expect(events).toEqual(['true', 'false']);
  });

  it('are sent before the SQL and not after it when the SQL fails', async () => {
    await one.dataSource.manager.save(author('Ursula'));
    connect(preSave, () => void events.push('pre'), { sender: Author });
    connect(postSave, () => void events.push('post'), { sender: Author });

    await expect(one.dataSource.manager.save(author('Ursula'))).rejects.toThrow(/duplicate key/);

    expect(events).toEqual(['pre']);
  });

  it('do not save what a postSave receiver changes on the instance', async () => {
    connect(postSave, ({ instance }) => void (instance.bio = 'too late'), { sender: Author });

    const ursula = await one.dataSource.manager.save(author('Ursula'));

    expect(ursula.bio).toBe('too late');
    expect((await one.dataSource.manager.findOneBy(Author, { id: 1 }))?.bio).toBeNull();
  });

  it('say by what really happened whether a row was created', async () => {
    connect(postSave, (event) => void events.push(String(event.created)), { sender: Author });
    await one.dataSource.manager.save(author('Ursula'));

    await one.dataSource.manager.save(Object.assign(author('Ursula K.'), { id: 1 }));

    expect(events).toEqual(['true', 'false']);
  });

  it('take another related row for a change, and no row for none', async () => {
    const { manager } = one.dataSource;
    const [ursula, book] = await manager.save([
      author('Ursula'),
      Object.assign(new Book(), { title: 'The Dispossessed', author: null }),
    ]);
    connect(postSave, (event) => void events.push(event.changed.join()), { sender: Book });

    await manager.save(Object.assign(book as Book, { title: 'The Word for World' }));
    await manager.save(Object.assign(book as Book, { author: ursula }));

    expect(events).toEqual(['title', 'author']);
  });

  it('do not tell of children that are let go of', async () => {
    const ursula = Object.assign(author('Ursula'), {
      books: [Object.assign(new Book(), { title: 'The Dispossessed' })],
    });
    await one.dataSource.manager.save(ursula);
    connect(postSave, () => void events.push('book'), { sender: Book });

    ursula.books = [];
    await one.dataSource.manager.save(ursula);

    const [book] = await one.dataSource.manager.find(Book, { relations: { author: true } });
    expect(book?.author).toBeNull();
    expect(events).toEqual([]);
  });
});
