import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Column,
  Entity,
  JoinTable,
  ManyToMany,
  PrimaryGeneratedColumn,
  type EntityManager,
  type Relation,
} from 'typeorm';
import {
  atomic,
  m2mChanged,
  NotManyToManyError,
  onCommit,
  manyToMany,
  type M2mChanged,
} from 'nestjs-signals/typeorm';
import { startDataSource, type SignalsOnDataSource } from '../support/data-source.js';

@Entity('tags')
class Tag {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  name!: string;

  @ManyToMany(() => Post, (post) => post.tags)
  posts!: Relation<Post>[];
}

@Entity('posts')
class Post {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  title!: string;

  @ManyToMany(() => Tag, (tag) => tag.posts, { cascade: true })
  @JoinTable()
  tags!: Relation<Tag>[];
}

describe('m2mChanged', () => {
  let one: SignalsOnDataSource;
  let events: M2mChanged<Post>[];
  let connected: Disposable;
  let manager: EntityManager;
  let post: Post;
  let tags: Tag[];

  const told = () =>
    events.map(({ action, ids, removed }) => ({
      action,
      ids: ids && [...ids],
      removed: [...removed],
    }));
  const linked = async () => {
    const rows: { tagsId: number }[] = await manager.query(
      'SELECT "tagsId" FROM posts_tags_tags ORDER BY 1',
    );
    return rows.map(({ tagsId }) => tagsId);
  };

  beforeAll(async () => {
    one = await startDataSource([Post, Tag], { poolSize: 2 });
    manager = one.dataSource.manager;
  });
  afterAll(() => one.close());
  beforeEach(async () => {
    await manager.query('TRUNCATE posts, tags, posts_tags_tags RESTART IDENTITY');
    post = await manager.save(Object.assign(new Post(), { title: 'p' }));
    tags = await manager.save(['a', 'b', 'c'].map((name) => Object.assign(new Tag(), { name })));
    events = [];
    connected = one.signals.connect(m2mChanged, (event) => void events.push(event), {
      sender: Post,
    });
  });
  afterEach(() => connected[Symbol.dispose]());

  describe('through the relation helper', () => {
    it('tells of links that are added, by entity or by id, with only the ids that are inserted', async () => {
      await manyToMany(manager, post, 'tags').add(1);
      await manyToMany(manager, post, 'tags').add(tags[0] as Tag, 2, tags[1] as Tag);

      expect(told()).toEqual([
        { action: 'preAdd', ids: [1], removed: [] },
        { action: 'postAdd', ids: [1], removed: [] },
        { action: 'preAdd', ids: [2], removed: [] },
        { action: 'postAdd', ids: [2], removed: [] },
      ]);
      expect(events[0]).toMatchObject({
        relation: 'tags',
        instance: post,
        id: 1,
        reverse: false,
        model: Tag,
        using: 'default',
      });
      expect(await linked()).toEqual([1, 2]);
    });

    it('tells of adding what is linked already, with no ids and without an error', async () => {
      await manyToMany(manager, post, 'tags').add(1);
      events = [];

      await manyToMany(manager, post, 'tags').add(1);

      expect(told().map(({ action, ids }) => [action, ids])).toEqual([
        ['preAdd', []],
        ['postAdd', []],
      ]);
    });

    it('tells nothing for no members and for a set that changes nothing', async () => {
      await manyToMany(manager, post, 'tags').add(1, 2);
      events = [];

      await manyToMany(manager, post, 'tags').add();
      await manyToMany(manager, post, 'tags').remove();
      await manyToMany(manager, post, 'tags').set([2, 1, 2]);

      expect(told()).toEqual([]);
    });

    it('tells of removals what was submitted, and what really was linked', async () => {
      await manyToMany(manager, post, 'tags').add(1);
      events = [];

      await manyToMany(manager, post, 'tags').remove(1, 3, 99);

      expect(told()).toEqual([
        { action: 'preRemove', ids: [1, 3, 99], removed: [1] },
        { action: 'postRemove', ids: [1, 3, 99], removed: [1] },
      ]);
      expect(await linked()).toEqual([]);
    });

    it('tells of a clear without ids, with what it removes, also when there is nothing', async () => {
      await manyToMany(manager, post, 'tags').add(1, 2);
      events = [];

      await manyToMany(manager, post, 'tags').clear();
      await manyToMany(manager, post, 'tags').clear();

      expect(told()).toEqual([
        { action: 'preClear', ids: null, removed: [1, 2] },
        { action: 'postClear', ids: null, removed: [1, 2] },
        { action: 'preClear', ids: null, removed: [] },
        { action: 'postClear', ids: null, removed: [] },
      ]);
    });

    it('sets by the difference, removals first, or by a clear when that is asked for', async () => {
      await manyToMany(manager, post, 'tags').add(1, 2);
      events = [];

      await manyToMany(manager, post, 'tags').set([2, 3]);
      await manyToMany(manager, post, 'tags').set([1], { clear: true });

      expect(told().map(({ action, ids }) => [action, ids])).toEqual([
        ['preRemove', [1]],
        ['postRemove', [1]],
        ['preAdd', [3]],
        ['postAdd', [3]],
        ['preClear', null],
        ['postClear', null],
        ['preAdd', [1]],
        ['postAdd', [1]],
      ]);
      expect(await linked()).toEqual([1]);
    });

    it('tells from the other side as the reverse, with the same sender', async () => {
      await manyToMany(manager, tags[0] as Tag, 'posts').add(post);

      expect(events[1]).toMatchObject({
        action: 'postAdd',
        relation: 'tags',
        instance: tags[0],
        id: 1,
        reverse: true,
        model: Post,
        ids: [post.id],
      });
      expect(await linked()).toEqual([1]);
    });

    it('undoes the change when a receiver fails, and drops what it registered', async () => {
      const ran: string[] = [];
      using _failing = one.signals.connect(m2mChanged, ({ action }) => {
        onCommit(() => ran.push(action));
        if (action === 'postAdd') throw new Error('no');
      });

      await expect(manyToMany(manager, post, 'tags').add(1)).rejects.toThrow('no');
      await atomic(one.dataSource, async () => {
        await manyToMany(one.dataSource, post, 'tags')
          .add(2)
          .catch(() => {});
      });

      expect(await linked()).toEqual([]);
      expect(ran).toEqual([]);
    });

    it('hands out frozen ids: a receiver vetoes by throwing, not by editing', async () => {
      await manyToMany(manager, post, 'tags').add(1);

      expect(Object.isFrozen(events[0]?.ids)).toBe(true);
    });

    it('adds a link once when two add it at the same time', async () => {
      await Promise.all([
        manyToMany(manager, post, 'tags').add(1),
        manyToMany(manager, post, 'tags').add(1),
      ]);

      const added = events.filter(({ action }) => action === 'postAdd').flatMap(({ ids }) => ids);
      expect(added).toEqual([1]);
    });

    it('refuses two changes of one transaction in parallel, and leaves the transaction usable', async () => {
      await atomic(one.dataSource, async (inner) => {
        const outcomes = await Promise.allSettled([
          manyToMany(inner, post, 'tags').add(1),
          manyToMany(inner, post, 'tags').add(2),
        ]);
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
        await manyToMany(inner, post, 'tags').add(3);
      });

      expect(await linked()).toEqual([1, 3]);
    });

    it('refuses a property that is no many-to-many relation', () => {
      expect(() => manyToMany(manager, post, 'title')).toThrow(NotManyToManyError);
    });
  });

  describe('through a plain save', () => {
    it('tells of added and removed links, grouped by instance; there is no preAdd', async () => {
      post.tags = [tags[0], tags[1]] as Tag[];
      await manager.save(post);
      post.tags = [tags[1], tags[2]] as Tag[];
      await manager.save(post);

      expect(told()).toEqual([
        { action: 'postAdd', ids: [1, 2], removed: [] },
        { action: 'preRemove', ids: [1], removed: [1] },
        { action: 'postAdd', ids: [3], removed: [] },
        { action: 'postRemove', ids: [1], removed: [1] },
      ]);
      expect(events[0]).toMatchObject({ instance: post, id: 1, reverse: false, model: Tag });
    });

    it('tells from the other side as the reverse', async () => {
      const [tag] = tags as [Tag];
      tag.posts = [post];
      await manager.save(tag);

      expect(events).toEqual([
        expect.objectContaining({ action: 'postAdd', instance: tag, reverse: true, ids: [1] }),
      ]);
    });

    it('tells nothing when either end is removed, as in Django', async () => {
      await manyToMany(manager, post, 'tags').add(1);
      events = [];

      await manager.remove(post);

      expect(told()).toEqual([]);
      expect(await linked()).toEqual([]);
    });
  });

  describe('through the relation query builder of TypeORM', () => {
    it('tells of added links only', async () => {
      const builder = manager.createQueryBuilder().relation(Post, 'tags').of(post);
      await builder.add([1, 2]);
      await builder.remove(1);

      expect(told()).toEqual([{ action: 'postAdd', ids: [1, 2], removed: [] }]);
    });
  });
});
