import { describe, expect, it } from '@jest/globals';
import {
  Column,
  Entity,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  Tree,
  TreeChildren,
  TreeParent,
  type EntitySubscriberInterface,
  type ObjectLiteral,
} from 'typeorm';
import { postBulk, postSave, preBulk, preSave, type PreSave } from 'nestjs-signals/typeorm';
import { useDataSource } from '../support/use-data-source.js';

class Place {
  #city = '';

  @Column({ type: 'text' })
  get city(): string {
    return this.#city;
  }

  set city(city: string) {
    this.#city = city.trim();
  }

  @Column({ type: 'text', nullable: true })
  street?: string | null;
}

@Entity('writers')
class Writer {
  #name = '';

  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name.trim();
  }

  @Column({ type: 'text', nullable: true })
  bio?: string | null;

  @Column(() => Place)
  place!: Place;

  @OneToMany(() => Novel, (novel) => novel.writer)
  novels!: Promise<Novel[]>;
}

@Entity('novels')
class Novel {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  title!: string;

  @Column({ type: 'text', nullable: true })
  blurb?: string | null;

  @ManyToOne(() => Writer, (writer) => writer.novels, { lazy: true })
  @JoinColumn({ name: 'writerId' })
  writer!: Promise<Writer>;
}

@Entity('chapters')
@Tree('materialized-path')
class Chapter {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  title!: string;

  @Column({ type: 'text', nullable: true })
  text?: string | null;

  @TreeParent()
  parent?: Chapter | null;

  @TreeChildren()
  children?: Chapter[];
}

describe('A receiver of model signals that only looks', () => {
  const one = useDataSource([Writer, Novel, Chapter]);
  const { ran, connect } = one;
  const manager = () => one.dataSource.manager;

  async function seenBySaving(save: () => Promise<unknown>): Promise<unknown> {
    await one.dataSource.query('TRUNCATE writers, novels, chapters RESTART IDENTITY CASCADE');
    const place = Object.assign(new Place(), { city: 'Ulm', street: 'Elm' });
    const given = { name: 'Ann', bio: 'Writes.', place };
    const ann = await manager().save(Object.assign(new Writer(), given));
    const bob = await manager().save(Object.assign(new Writer(), { ...given, name: 'Bob' }));
    const novel = Object.assign(new Novel(), { title: 'One', blurb: 'Good.' });
    novel.writer = Promise.resolve(ann);
    await manager().save(novel);
    const chapter = await manager().save(Object.assign(new Chapter(), { title: 'A', text: 'a' }));
    await manager().save(Object.assign(new Chapter(), { title: 'B', text: 'b', parent: chapter }));
    const statements: unknown[] = [];
    const listening: EntitySubscriberInterface = {
      afterQuery: ({ query, parameters }) => {
        if (/^(INSERT|UPDATE|DELETE)/.test(query)) statements.push([query, parameters]);
      },
    };
    one.dataSource.subscribers.push(listening);
    const result = await save().finally(() => one.dataSource.subscribers.pop());
    const rows = await Promise.all(
      ['writers', 'novels', 'chapters'].map((table) =>
        one.dataSource.query<ObjectLiteral[]>(`SELECT * FROM ${table} ORDER BY id`),
      ),
    );
    return { result, rows, statements, bob: bob.id };
  }

  async function expectNoDifference<E extends object>(
    sender: new () => E,
    look: (event: PreSave<E>) => Promise<unknown>,
    save: () => Promise<unknown>,
  ): Promise<void> {
    const without = await seenBySaving(save);
    const receivers = [preSave, postSave].map((signal, index) =>
      connect(signal, async (event) => void ran.push(String(await look(event))), {
        sender,
        dispatchUid: `look ${index}`,
        when: ({ created }) => !created,
      }),
    );
    const beside = await seenBySaving(save);
    for (const receiver of receivers) receiver[Symbol.dispose]();
    expect(beside).toEqual(without);
  }

  it('changes nothing about an entity that keeps columns in private fields', async () => {
    await expectNoDifference(
      Writer,
      async ({ instance }) => `${instance.name} ${instance.bio} ${instance.place.city}`,
      async () => {
        const place = Object.assign(new Place(), { city: 'Bonn ' });
        const partial = Object.assign(new Writer(), { id: 1, name: ' Eve ', place });
        const saved = await manager().save(partial);
        return [saved, saved.name, saved.place.city];
      },
    );

    expect(ran).toEqual(['Eve Writes. Bonn', 'Eve Writes. Bonn']);
  });

  it('takes over what a receiver sets on a column that is kept in a private field', async () => {
    await seenBySaving(() => Promise.resolve());
    connect(preSave, ({ instance }) => void (instance.name = ' Set '), { sender: Writer });
    const saved = await manager().save(Object.assign(new Writer(), { id: 1, bio: 'New.' }));

    expect(saved.name).toBe('Set');
    expect(await manager().findOneBy(Writer, { id: 1 })).toMatchObject({ name: 'Set' });
  });

  it.each([
    ['a partial one', () => Promise.resolve(manager().create(Novel, { id: 1 }))],
    ['a whole one', () => manager().findOneByOrFail(Novel, { id: 1 })],
  ])('may load a lazy relation, which stays as others have set it: %s', async (_, novel) => {
    await expectNoDifference(
      Novel,
      async ({ instance }) => (await instance.writer).name,
      async () => {
        const saved = Object.assign(await novel(), { title: 'Two' });
        const change: EntitySubscriberInterface = {
          afterUpdate: ({ queryRunner }) =>
            queryRunner.query('UPDATE novels SET blurb = blurb || id'),
        };
        one.dataSource.subscribers.push(change);
        await manager()
          .save(saved)
          .finally(() => one.dataSource.subscribers.splice(-1, 1));
        return [Object.keys(saved), saved];
      },
    );

    expect(ran).toEqual(['Ann', 'Ann']);
  });

  it('saves the lazy relation that a receiver assigns', async () => {
    await seenBySaving(() => Promise.resolve());
    const bob = await manager().findOneByOrFail(Writer, { name: 'Bob' });
    connect(preSave, ({ instance }) => void (instance.writer = Promise.resolve(bob)), {
      sender: Novel,
    });
    const novel = await manager().findOneByOrFail(Novel, { id: 1 });
    await manager().save(Object.assign(novel, { title: 'Two' }));

    expect(await novel.writer).toBe(bob);
    expect(await one.dataSource.query('SELECT "writerId" FROM novels')).toEqual([
      { writerId: bob.id },
    ]);
  });

  it('changes nothing about a tree', async () => {
    await expectNoDifference(
      Chapter,
      async ({ instance, changed }) => `${instance.text} ${changed.join()}`,
      async () => {
        const root = await manager().save(Object.assign(new Chapter(), { title: 'C' }));
        const moved = manager().create(Chapter, { id: 2, parent: root });
        return [await manager().save(moved), root];
      },
    );

    expect(ran).toEqual(['b parent', 'b parent']);
  });
});

describe('Bulk signals', () => {
  const one = useDataSource([Writer, Novel, Chapter]);
  const { ran, connect } = one;

  it('tell of a write that a subscriber of others makes in a save, and of none that TypeORM makes', async () => {
    connect(preBulk, ({ operation }) => void ran.push(operation));
    connect(postBulk, ({ affected }) => void ran.push(String(affected)));
    const { manager } = one.dataSource;
    const place = Object.assign(new Place(), { city: 'Ulm' });
    await manager.save(Object.assign(new Writer(), { name: 'Ann', place }));
    one.dataSource.subscribers.push({
      listenTo: () => Novel,
      afterInsert: (event) => event.manager.update(Writer, { id: 1 }, { bio: 'Writes.' }),
    } satisfies EntitySubscriberInterface);
    await manager
      .save(Object.assign(new Novel(), { title: 'One' }))
      .finally(() => one.dataSource.subscribers.pop());
    await manager.save(Object.assign(new Chapter(), { title: 'A' }));

    expect(ran).toEqual(['update', '1']);
  });
});
