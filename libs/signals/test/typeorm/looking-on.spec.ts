import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EntitySubscriberInterface, ObjectLiteral } from 'typeorm';
import { postSave, preSave, type PreSave } from 'nestjs-signals/typeorm';
import { Code, encrypted, Member, Parcel, Team } from '../support/members.js';
import { useDataSource } from '../support/use-data-source.js';

/** What a client may send of a member. */
const partials = fc.record(
  {
    name: fc.constantFrom('Ann', 'Bob'),
    visits: fc.nat({ max: 3 }),
    ssn: fc.constantFrom('1', '2'),
    bio: fc.constantFrom(null, 'Writes.'),
    secret: fc.constantFrom(null, 'kept'),
    settings: fc.constantFrom({}, { theme: 'dark' }),
    tags: fc.constantFrom([], ['a', 'b']),
    balance: fc.constantFrom('0', '1.50'),
    address: fc.constantFrom({}, { city: 'Ulm' }, { street: null }, { at: { x: 2 } }),
    teamId: fc.constantFrom(null, 1, 2),
    team: fc.constantFrom(null, { id: 1 }, { id: 2 }),
  },
  { requiredKeys: [] },
);

describe('A receiver of model signals that only looks', () => {
  const one = useDataSource([Member, Team, Parcel]);
  const { ran, connect } = one;
  const manager = () => one.dataSource.manager;
  const statements: string[] = [];
  const listening: EntitySubscriberInterface = {
    afterQuery: ({ query }) => {
      if (/^(INSERT|UPDATE|DELETE)/.test(query)) statements.push(query);
    },
  };

  const row = async (table: string): Promise<ObjectLiteral> => {
    const [found] = await one.dataSource.query<ObjectLiteral[]>(`SELECT * FROM ${table}`);
    return found as ObjectLiteral;
  };
  const member = (given: object) => manager().create(Member, given);
  const whole = () =>
    member({
      name: 'Ann',
      passwordHash: 'hash',
      ssn: '1',
      bio: 'Reads.',
      secret: 'secret',
      settings: { theme: 'light' },
      tags: ['a'],
      address: { street: 'Elm', city: 'Bonn', at: { x: 1, y: 1 } },
      teamId: 1,
    });

  /** All that somebody who saves can see, but for the time. */
  async function seenBySaving(save: () => Promise<unknown>): Promise<unknown> {
    await one.dataSource.query('TRUNCATE members, teams, parcels RESTART IDENTITY CASCADE');
    await manager().save([new Team(), new Team()]);
    await manager().save(whole());
    const { ssn } = await row('members');
    statements.length = 0;
    one.dataSource.subscribers.push(listening);
    const result = await save().finally(() => one.dataSource.subscribers.pop());
    const after = await row('members');
    const shown = { ...after, ssn: after.ssn === ssn ? 'as before' : encrypted.from(after.ssn) };
    return withoutTime({ result, row: shown, statements: [...statements] });
  }

  const lookOn = () => {
    const look = ({ instance }: PreSave<Member>) => {
      JSON.stringify(instance);
    };
    return [
      connect(preSave, look, { sender: Member, dispatchUid: 'pre' }),
      connect(postSave, look, { sender: Member, dispatchUid: 'post' }),
    ];
  };

  /** Compares what is seen with receivers and without. */
  async function expectNoDifference(save: () => Promise<unknown>): Promise<void> {
    const without = await seenBySaving(save);
    const receivers = lookOn();
    const beside = await seenBySaving(save).finally(() => {
      for (const receiver of receivers) receiver[Symbol.dispose]();
    });
    expect(beside).toEqual(without);
  }

  it('changes nothing about the entity, the result, the row and what is written, whatever is saved', async () => {
    await fc.assert(
      fc.asyncProperty(partials, partials, fc.boolean(), async (first, second, isPlain) => {
        await expectNoDifference(async () => {
          const given = structuredClone({ id: 1, ...first }) as object as Member;
          const entity = isPlain ? given : member(given);
          const answer = await manager().save(Member, entity);
          const between = structuredClone(entity);
          await one.dataSource.query(`UPDATE members SET "passwordHash" = 'changed by others'`);
          Object.assign(entity, structuredClone(second));
          const again = await manager().save(Member, entity);
          return { isSame: answer === entity, between, entity, again };
        });
      }),
      { numRuns: 20 },
    );
  });

  it('changes nothing about a whole entity, a new one, one with a cascade, and a list', async () => {
    await expectNoDifference(async () => {
      const found = await manager().findOneByOrFail(Member, { id: 1 });
      found.visits += 1;
      const added = Object.assign(whole(), { name: 'New', team: await manager().save(new Team()) });
      return manager().save([found, added, member({ id: 1, bio: 'Twice.' })]);
    });
  });

  it('changes nothing about what listeners and subscribers of others see', async () => {
    const seen: unknown[] = [];
    const hashing: EntitySubscriberInterface<Member> = {
      listenTo: () => Member,
      beforeUpdate: ({ entity }) => {
        seen.push({ ...entity });
        if (entity?.passwordHash) entity.passwordHash = `hash of ${entity.passwordHash}`;
      },
      afterUpdate: ({ entity }) => void seen.push(Object.keys(entity ?? {}).toSorted()),
    };
    const save = () => {
      one.dataSource.subscribers.push(hashing);
      return manager()
        .save(member({ id: 1, name: 'Bob' }))
        .finally(() => one.dataSource.subscribers.splice(-1, 1));
    };

    await expectNoDifference(save);

    expect(seen.slice(2)).toEqual(seen.slice(0, 2));
    expect(await row('members')).toMatchObject({ passwordHash: 'hash' });
  });

  it('changes nothing about an entity whose key is an object', async () => {
    const save = async () => {
      await one.dataSource.query('DELETE FROM parcels');
      await manager().save(Object.assign(new Parcel(), { code: new Code('a'), place: 'Ulm' }));
      const partial = Object.assign(new Parcel(), { code: new Code('a'), note: 'fragile' });
      statements.length = 0;
      await manager().save(partial);
      return { partial, row: await row('parcels'), statements: [...statements] };
    };
    one.dataSource.subscribers.push(listening);
    const without = await save();
    connect(
      preSave,
      ({ instance }) => void ran.push(`${instance.place} ${String(instance.code)}`),
      {
        sender: Parcel,
      },
    );
    const beside = await save();
    one.dataSource.subscribers.pop();

    expect(beside).toEqual(without);
    expect(ran).toEqual(['Ulm a', 'Ulm a']);
  });
});

function withoutTime(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) =>
      key === 'updatedAt' || key === 'createdAt' ? typeof inner : inner,
    ),
  ) as unknown;
}
