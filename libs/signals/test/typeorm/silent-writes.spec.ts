import { describe, expect, it } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  postBulk,
  postDelete,
  postSave,
  preBulk,
  preDelete,
  preSave,
} from 'nestjs-signals/typeorm';
import { Album, Author, author, Book, Draft, LogLine, Track } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

describe('Model signals', () => {
  const one = useDataSource([Author, Book, LogLine, Draft, Album, Track], { poolSize: 2 });
  const { ran: events, connect } = one;

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

  it('stay silent in a muted scope, and for what is queued there', async () => {
    connect(postSave, () => void events.push('author'), { sender: Author, dispatchUid: 'a' });
    connect(postSave, () => void events.push('mail'), { phase: 'afterCommit', dispatchUid: 'm' });

    await one.signals.mute({ dispatchUid: 'm' }, () => one.dataSource.manager.save(author('A')));
    await one.signals.mute({}, () => one.dataSource.manager.save(author('B')));

    expect(events).toEqual(['author']);
  });

  it('are not sent for orphans that a save deletes: TypeORM never loads them', async () => {
    const tracks = [new Track(), new Track()];
    const album = await one.dataSource.manager.save(Object.assign(new Album(), { tracks }));
    for (const signal of [preSave, postSave, preDelete, postDelete]) {
      connect(signal, () => void events.push(signal.name), { sender: Track });
    }
    for (const signal of [preBulk, postBulk]) {
      connect(signal, () => void events.push(signal.name), { sender: Track });
    }

    await one.dataSource.manager.save(Object.assign(album, { tracks: [] }));

    expect(events).toEqual([]);
    expect(await one.dataSource.manager.count(Track)).toBe(0);
  });

  it('are not sent for what a migration saves', async () => {
    connect(postSave, () => void events.push('saved'), { sender: Author });
    class FillAuthors1767225600000 implements MigrationInterface {
      async up(runner: QueryRunner): Promise<void> {
        await runner.manager.save(author('migrated'));
      }

      async down(): Promise<void> {}
    }
    one.dataSource.migrations.push(new FillAuthors1767225600000());

    await one.dataSource.runMigrations();

    expect(events).toEqual([]);
    expect(await one.dataSource.manager.count(Author)).toBe(1);
  });
});
