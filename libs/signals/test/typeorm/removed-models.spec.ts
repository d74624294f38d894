import { describe, expect, it } from '@jest/globals';
import {
  Column,
  DeleteDateColumn,
  Entity,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  type EntityManager,
  type Relation,
} from 'typeorm';
import type { ReceiverContext } from 'nestjs-signals/core';
import {
  atomic,
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

@Entity('shelves')
class Shelf {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  name!: string;

  @ManyToOne(() => Shelf, (shelf) => shelf.parts, { nullable: true })
  whole!: Relation<Shelf> | null;

  @OneToMany(() => Shelf, (shelf) => shelf.whole, { cascade: true })
  parts!: Relation<Shelf>[];

  @DeleteDateColumn({ type: 'timestamptz' })
  deletedAt!: Date | null;
}

describe('A removal that cascades', () => {
  const one = useDataSource([Shelf]);
  const { connect } = one;
  const shelf = (name: string, ...parts: Shelf[]): Shelf =>
    Object.assign(new Shelf(), { name, parts });

  it.each([
    ['remove', (inner: EntityManager, root: Shelf) => inner.remove(root), preDelete, postDelete],
    [
      'softRemove',
      (inner: EntityManager, root: Shelf) => inner.softRemove(root),
      preSoftDelete,
      postSoftDelete,
    ],
  ] as const)(
    'sends the signals of children inside those of their parents: %s',
    async (_, call, pre, post) => {
      const { manager } = one.dataSource;
      const root = await manager.save(shelf('a', shelf('b', shelf('c')), shelf('d')));
      const told: string[] = [];
      const rows = (context: ReceiverContext) => context.manager.count(Shelf);
      connect(
        pre,
        async ({ instance }, context) => void told.push(`<${instance.name} ${await rows(context)}`),
        { sender: Shelf },
      );
      connect(
        post,
        async ({ instance }, context) => void told.push(`${instance.name}> ${await rows(context)}`),
        { sender: Shelf },
      );

      await call(manager, root);

      expect(told).toEqual(['<a 4', '<b 4', '<c 4', '<d 4', 'd> 0', 'c> 0', 'b> 0', 'a> 0']);
    },
  );
});

describe('What is kept in memory of a removal that did not last', () => {
  const one = useDataSource([Author, Book, LogLine, Draft, Shelf], { poolSize: 2 });
  const { connect } = one;
  const manager = () => one.dataSource.manager;
  const savedDraft = () => manager().save(Object.assign(new Draft(), { text: 'd' }));
  const refuse = (signal: typeof postDelete) =>
    connect(signal, () => Promise.reject(new Error('keep it')));
  const undone = (work: (inner: EntityManager) => Promise<unknown>) =>
    atomic(one.dataSource, async (inner) => {
      await work(inner);
      throw new Error('undo');
    });
  const ways: readonly (readonly [string, (entity: object) => Promise<unknown>])[] = [
    [
      'a receiver fails',
      (entity) => {
        refuse(postDelete);
        return manager().remove(entity);
      },
    ],
    ['the transaction rolls back', (entity) => undone((inner) => inner.remove(entity))],
    [
      'a savepoint rolls back, and another one commits',
      (entity) =>
        atomic(one.dataSource, async () => {
          await undone((inner) => inner.remove(entity)).catch(() => {});
          await manager().query('SELECT 1');
        }),
    ],
    [
      'a savepoint rolls back that TypeORM opened',
      (entity) =>
        manager().transaction((outer) =>
          outer
            .transaction(async (inner) => {
              await inner.remove(entity);
              throw new Error('undo');
            })
            .catch(() => {}),
        ),
    ],
    [
      'somebody ends it by hand',
      async (entity) => {
        const runner = one.dataSource.createQueryRunner();
        await runner.startTransaction();
        await runner.manager.remove(entity);
        await runner.query('ROLLBACK');
        await runner.release();
      },
    ],
  ];

  it.each(ways)('is the id, so that the next save finds the row: %s', async (_, remove) => {
    const ursula = await manager().save(
      Object.assign(author('Ursula'), { books: [Object.assign(new Book(), { title: 'a' })] }),
    );
    const [book] = ursula.books;

    await remove(ursula).catch(() => {});

    expect([ursula.id, book?.id]).toEqual([1, 1]);
    await manager().save(Object.assign(ursula, { bio: 'Writes.' }));
    expect(await manager().find(Author)).toMatchObject([{ id: 1, bio: 'Writes.' }]);
  });

  it('is back at once when the savepoint is undone, for a save in the outer level', async () => {
    const ursula = await manager().save(author('Ursula'));

    await atomic(one.dataSource, async (outer) => {
      await atomic(one.dataSource, async (inner) => {
        await inner.remove(ursula);
        throw new Error('undo');
      }).catch(() => {});
      await outer.save(Object.assign(ursula, { bio: 'Writes.' }));
    });

    expect(await manager().find(Author)).toMatchObject([{ id: 1, bio: 'Writes.' }]);
  });

  it('is not the id of a removal that lasts, or that somebody else has set since', async () => {
    const [ursula, other] = await manager().save([author('Ursula'), author('Other')]);

    await atomic(one.dataSource, (inner) => inner.remove(ursula as Author));
    await undone(async (inner) => {
      await inner.remove(other as Author);
      Object.assign(other as Author, { id: 7 });
    }).catch(() => {});

    expect([ursula?.id, other?.id]).toEqual([undefined, 7]);
  });

  it('is the mark of a softly removed instance, which the next save would write', async () => {
    const draft = await savedDraft();

    await undone((inner) => inner.softRemove(draft)).catch(() => {});
    await manager().save(Object.assign(draft, { text: 'e' }));
    expect(await manager().find(Draft)).toMatchObject([{ text: 'e', deletedAt: null }]);

    await manager().softRemove(draft);
    const { deletedAt } = draft;
    await undone((inner) => inner.recover(draft)).catch(() => {});
    expect(deletedAt).toBeInstanceOf(Date);
    expect(draft.deletedAt).toBe(deletedAt);
  });
});
