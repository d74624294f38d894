import { describe, expect, it } from '@jest/globals';
import {
  Entity,
  JoinTable,
  ManyToMany,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm';
import { m2mChanged, manyToMany } from 'nestjs-signals/typeorm';
import { useDataSource } from '../support/use-data-source.js';

@Entity('ribbons')
class Ribbon {
  @PrimaryColumn('bigint')
  id!: string | number | bigint;
}

@Entity('badges')
class Badge {
  @PrimaryColumn('uuid')
  id!: string;
}

@Entity('coats')
class Coat {
  @PrimaryGeneratedColumn()
  id!: number;

  @ManyToMany(() => Coat)
  @JoinTable({ joinColumn: { name: 'one' }, inverseJoinColumn: { name: 'other' } })
  alike!: Relation<Coat>[];

  @ManyToMany(() => Ribbon)
  @JoinTable()
  ribbons!: Relation<Ribbon>[];

  @ManyToMany(() => Badge)
  @JoinTable()
  badges!: Relation<Badge>[];
}

describe('The ids of links, however a caller spells them', () => {
  const one = useDataSource([Coat, Ribbon, Badge]);
  const large = '9007199254740993';
  const badge = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
  type Property = 'alike' | 'ribbons' | 'badges';
  const spellings: readonly (readonly [
    Property,
    readonly (string | number | bigint)[],
    unknown,
  ])[] = [
    ['alike', ['2', 2, '02', 2n], 2],
    ['ribbons', [large, BigInt(large), `0${large}`], large],
    ['badges', [badge, badge.toUpperCase(), badge.replaceAll('-', '')], badge],
  ];

  it.each(spellings)(
    'are told once, as the database spells them: %s',
    async (property, ids, id) => {
      const { manager } = one.dataSource;
      const [coat] = await manager.save([new Coat(), new Coat()]);
      await manager.insert(Ribbon, { id: large });
      await manager.insert(Badge, { id: badge });
      const told: unknown[] = [];
      one.connect(
        m2mChanged,
        ({ action, ids: changed, removed }) => void told.push([action, changed, removed]),
        { sender: Coat },
      );
      const links = manyToMany(manager, coat as Coat, property);
      const given = ids as readonly string[];

      await links.add(...given);
      await links.add(...given.toReversed());
      await links.set(given);
      await links.remove(...given);

      expect(told).toEqual([
        ['preAdd', [id], []],
        ['postAdd', [id], []],
        ['preAdd', [], []],
        ['postAdd', [], []],
        ['preRemove', [id], [id]],
        ['postRemove', [id], [id]],
      ]);
      told.length = 0;
      for (const spelled of ids) {
        await manager.save(Object.assign(coat as Coat, { [property]: [{ id: spelled }] }));
        await manager.save(Object.assign(coat as Coat, { [property]: [] }));
      }

      expect(told).toEqual(
        ids.flatMap(() => [
          ['postAdd', [id], []],
          ['preRemove', [id], [id]],
          ['postRemove', [id], [id]],
        ]),
      );
    },
  );
});
