import { describe, expect, it } from '@jest/globals';
import type { ObjectLiteral } from 'typeorm';
import { postSave, preSave, type PreSave } from 'nestjs-signals/typeorm';
import { Address, Member, Team } from '../support/members.js';
import { useDataSource } from '../support/use-data-source.js';

describe('What receivers are shown of a partial instance', () => {
  const one = useDataSource([Member, Team]);
  const { connect } = one;
  const manager = () => one.dataSource.manager;
  const start = async () => {
    await manager().save([new Team(), new Team()]);
    const ann = manager().create(Member, {
      name: 'Ann',
      passwordHash: 'hash',
      ssn: '1',
      settings: { theme: 'light' },
      address: { street: 'Elm', city: 'Bonn', at: { x: 1, y: 1 } },
      teamId: 1,
    });
    await manager().save(ann);
  };

  it('is an instance that has all that its row has, the same one before and after the save', async () => {
    await start();
    const shown: Member[] = [];
    const values: unknown[] = [];
    const look = ({ instance }: PreSave<Member>) => {
      shown.push(instance);
      values.push(JSON.parse(JSON.stringify(instance)));
    };
    connect(preSave, look, { sender: Member, dispatchUid: 'pre' });
    connect(postSave, look, { sender: Member, dispatchUid: 'post' });

    await manager().save(Member, { id: 1, name: 'Bob', address: { city: 'Ulm' } });

    expect(shown[0]).toBe(shown[1]);
    expect(shown[0]?.greeting()).toBe('I am Bob');
    expect(shown[0]?.address).toBeInstanceOf(Address);
    const expected = {
      id: 1,
      name: 'Bob',
      passwordHash: 'hash',
      ssn: '1',
      bio: null,
      settings: { theme: 'light' },
      address: { street: 'Elm', city: 'Ulm', at: { x: 1, y: 1 } },
      teamId: 1,
    };
    expect(values).toMatchObject([
      { ...expected, version: 1 },
      { ...expected, version: 2 },
    ]);
  });

  it.each<readonly [string, (instance: Member) => unknown, ObjectLiteral]>([
    ['a column', (instance) => (instance.bio = 'By receiver.'), { bio: 'By receiver.' }],
    ['null', (instance) => (instance.teamId = null), { teamId: null }],
    [
      'inside an embedded object',
      (instance) => (instance.address.city = 'Ulm'),
      { addressCity: 'Ulm' },
    ],
    ['deep inside', (instance) => (instance.address.at.x = 7), { addressAtX: 7 }],
    ['in place', (instance) => (instance.settings.theme = 'dark'), { settings: { theme: 'dark' } }],
    ['a list in place', (instance) => instance.tags.push('new'), { tags: ['new'] }],
    ['a relation', (instance) => (instance.team = { id: 2 }), { teamId: 2 }],
    ['select: false', (instance) => (instance.secret = 'set'), { secret: 'set' }],
  ])(
    'is saved where a preSave receiver changes it, and nothing else: %s',
    async (_, change, row) => {
      await start();
      const [before] = await one.dataSource.query<ObjectLiteral[]>('SELECT * FROM members');
      connect(preSave, ({ instance }) => void change(instance), { sender: Member });

      await manager().save(manager().create(Member, { id: 1, name: 'Bob' }));

      const [after] = await one.dataSource.query<ObjectLiteral[]>('SELECT * FROM members');
      const expected: ObjectLiteral = { ...before, name: 'Bob', ...row };
      delete expected.updatedAt;
      delete expected.version;
      expect(after).toMatchObject(expected);
    },
  );

  it('is the very object where nothing is left out', async () => {
    await start();
    const ann = await manager().findOneByOrFail(Member, { id: 1 });
    const shown: unknown[] = [];
    connect(preSave, ({ instance }) => void shown.push(instance), { sender: Member });
    connect(postSave, ({ instance }) => void shown.push(instance), { sender: Member });

    ann.name = 'Bob';
    await manager().save(ann);

    expect(shown.every((instance) => instance === ann)).toBe(true);
  });

  it('keeps what a receiver carries on it, and what is not a column', async () => {
    await start();
    const seen: unknown[] = [];
    connect(preSave, ({ instance }) => void Object.assign(instance, { noted: 1 }), {
      sender: Member,
    });
    connect(postSave, ({ instance }) => void seen.push(Object.assign({}, instance)), {
      sender: Member,
    });
    const partial = Object.assign(manager().create(Member, { id: 1, name: 'Bob' }), { mine: 2 });

    await manager().save(partial);

    expect(seen).toMatchObject([{ noted: 1, mine: 2 }]);
    expect(partial).toMatchObject({ noted: 1, mine: 2 });
  });
});
