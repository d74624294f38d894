import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { atomic, postBulk, preBulk, postSave, type PostBulk } from 'nestjs-signals/typeorm';
import { startDataSource, type SignalsOnDataSource } from '../support/data-source.js';
import { Author, author, Book, LogLine } from '../support/entities.js';

describe('Writes without instances', () => {
  let one: SignalsOnDataSource;
  let manager: EntityManager;
  let events: PostBulk[];
  let connected: Disposable[];

  beforeAll(async () => {
    one = await startDataSource([Author, Book, LogLine], { poolSize: 1 });
    manager = one.dataSource.manager;
  });
  afterAll(() => one.close());
  beforeEach(async () => {
    await manager.query('TRUNCATE authors, books, log_lines RESTART IDENTITY');
    events = [];
    connected = [
      one.signals.connect(postBulk, (event) => void events.push(event), { sender: Author }),
    ];
  });
  afterEach(() => {
    for (const connection of connected) connection[Symbol.dispose]();
  });

  it('tell their operation and how many rows they affected', async () => {
    await manager.insert(Author, [{ name: 'A' }, { name: 'B' }]);
    await manager.upsert(Author, { name: 'A', bio: 'x' }, ['name']);
    await manager.update(Author, { name: 'A' }, { bio: 'y' });
    await manager.createQueryBuilder(Author, 'a').update().set({ bio: 'z' }).execute();
    await manager.delete(Author, { name: 'nobody' });
    await manager.createQueryBuilder().delete().from(Author).execute();

    expect(events.map(({ operation, affected }) => [operation, affected])).toEqual([
      ['insert', 2],
      ['upsert', 1],
      ['update', 1],
      ['update', 2],
      ['delete', 0],
      ['delete', 2],
    ]);
  });

  it('tell their criteria, their parameters and what they write', async () => {
    await manager.update(Author, { name: 'A' }, { bio: 'y' });

    expect(events[0]).toMatchObject({
      criteria: '"name" = $2',
      parameters: ['y', 'A'],
      values: { bio: 'y' },
      using: 'default',
    });
  });

  it.each([true, false])(
    'tell how many rows PostgreSQL wrote, not how many were given: returning %s',
    async (isReturning) => {
      await manager.insert(Author, { name: 'A' });
      const given = () => [{ name: 'A' }, { name: 'B' }];
      await manager
        .createQueryBuilder()
        .insert()
        .into(Author)
        .values(given())
        .orIgnore()
        .updateEntity(isReturning)
        .execute();
      await manager.upsert(Author, given(), {
        conflictPaths: ['name'],
        skipUpdateIfNoValuesChanged: true,
      });

      const [, ignoring, unchanged] = events;
      expect(ignoring).toMatchObject({ operation: 'upsert', affected: 1 });
      expect(unchanged).toMatchObject({ operation: 'upsert', affected: 0, criteria: undefined });
    },
  );

  it('are prevented by a failing preBulk receiver and undone by a failing postBulk one', async () => {
    using _veto = one.signals.connect(preBulk, ({ operation }) => {
      if (operation === 'delete') throw new Error('keep them');
    });
    await manager.insert(Author, { name: 'A' });
    await expect(manager.delete(Author, { name: 'A' })).rejects.toThrow('keep them');

    using _undo = one.signals.connect(postBulk, () => {
      throw new Error('undo');
    });
    await expect(manager.insert(Author, { name: 'B' })).rejects.toThrow('undo');

    expect(await manager.find(Author)).toEqual([expect.objectContaining({ name: 'A' })]);
  });

  it('join the transaction that is open', async () => {
    await atomic(one.dataSource, async (inner) => {
      await inner.insert(Author, { name: 'A' });
      throw new Error('undo');
    }).catch(() => {});

    expect(events).toHaveLength(1);
    expect(await manager.count(Author)).toBe(0);
  });

  it('are not what save, remove and their cascades do', async () => {
    const saved = await manager.save(author('A'));
    await manager.remove(saved);

    expect(events).toEqual([]);
  });

  it('are told when a receiver makes them', async () => {
    connected.push(
      one.signals.connect(
        postSave,
        ({ id }, context) => context.manager.update(Author, { id: id as number }, { bio: 'set' }),
        { sender: Author },
      ),
    );

    await manager.save(author('A'));

    expect(events.map(({ operation, affected }) => [operation, affected])).toEqual([['update', 1]]);
  });

  it('leave a query builder usable for another execution', async () => {
    const builder = manager.createQueryBuilder().update(Author).set({ bio: 'again' });
    await builder.execute();
    await builder.execute();

    expect(events).toHaveLength(2);
  });
});
