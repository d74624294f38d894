import { describe, expect, it } from '@jest/globals';
import {
  postDelete,
  postRestore,
  postSoftDelete,
  preDelete,
  preSoftDelete,
} from 'nestjs-signals/typeorm';
import { Author, author, Book, Draft, LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

describe('Model signals of a removal', () => {
  const one = useDataSource([Author, Book, LogLine, Draft], { poolSize: 2 });
  const { ran: events, connect } = one;

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

  it('come from cascades too, children before their parent, with one origin', async () => {
    const ursula = await one.dataSource.manager.save(
      Object.assign(author('Ursula'), {
        books: [Object.assign(new Book(), { title: 'The Dispossessed' })],
      }),
    );
    connect(postDelete, ({ origin }) => void events.push(`author ${origin === ursula}`), {
      sender: Author,
    });
    connect(postDelete, ({ origin }) => void events.push(`book ${origin === ursula}`), {
      sender: Book,
    });

    await one.dataSource.manager.remove(ursula);

    expect(events).toEqual(['book true', 'author true']);
  });

  it('are not sent for what was never saved: that is an error', async () => {
    connect(preDelete, () => void events.push('pre'), { sender: Author });

    await expect(one.dataSource.manager.remove(author('Ursula'))).rejects.toThrow(/identifier/);

    expect(events).toEqual([]);
  });
});
