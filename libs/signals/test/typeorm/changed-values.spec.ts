import { describe, expect, it } from '@jest/globals';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { changed, type ColumnOf } from 'nestjs-signals/core';
import { postSave } from 'nestjs-signals/typeorm';
import { useDataSource } from '../support/use-data-source.js';

class Price {
  @Column('numeric')
  amount!: string | number;

  @Column('text')
  currency!: string;
}

@Entity('wares')
class Ware {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('bigint')
  count!: string | number;

  @Column('timestamptz')
  since!: Date | string;

  @Column('date')
  day!: Date | string;

  @Column('jsonb')
  facts!: object;

  @Column('simple-json')
  notes!: object;

  @Column('bytea')
  raw!: Uint8Array;

  @Column('char', { length: 5 })
  code!: string;

  @Column('uuid')
  batch!: string;

  @Column('numeric', { array: true })
  sizes!: (string | number)[];

  @Column('text', {
    transformer: {
      to: (value: unknown) => String(value),
      from: (text: unknown) => ({ text, toString: () => String(text) }),
    },
  })
  tint!: unknown;

  @Column(() => Price)
  price!: Price;
}

describe('What has changed by a save', () => {
  const one = useDataSource([Ware]);
  const { connect, ran } = one;
  const manager = () => one.dataSource.manager;
  const batch = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
  const stored = () =>
    manager().save(
      manager().create(Ware, {
        count: '5',
        since: new Date(0),
        day: '2026-01-02',
        facts: { a: 1, b: { c: [1, 2] } },
        notes: { a: 1, b: 2 },
        raw: Buffer.from('raw'),
        code: 'ab',
        batch,
        sizes: ['1.50', '2'],
        tint: 'red',
        price: { amount: '10.00', currency: 'EUR' },
      }),
    );
  const tell = () => {
    const told: { changed: readonly string[]; previous: Partial<Ware> }[] = [];
    connect(postSave, (event) => void told.push(event), { sender: Ware, dispatchUid: 'tell' });
    return told;
  };

  it('is told by the path of the property, and former values where they were', async () => {
    const ware = await stored();
    const note = (text: string) => () => void ran.push(text);
    const told = tell();
    for (const column of ['price', 'price.amount', 'price.currency', 'pri', 'count']) {
      connect(postSave, note(column), {
        sender: Ware,
        when: changed(column as ColumnOf<Ware>),
        dispatchUid: column,
      });
    }

    await manager().save(Object.assign(ware, { price: { amount: '12', currency: 'EUR' } }));

    expect(told).toMatchObject([
      { changed: ['price.amount'], previous: { price: { amount: '10.00' } } },
    ]);
    expect(ran).toEqual(['price', 'price.amount']);
    expect(Object.isFrozen(told[0]?.previous.price)).toBe(true);
  });

  it.each<readonly [string, Partial<Ware>]>([
    ['a bigint as a number', { count: 5 }],
    ['a decimal', { price: { amount: 10, currency: 'EUR' } }],
    ['a decimal with an exponent', { price: { amount: '1e1', currency: 'EUR' } }],
    ['a date as text', { since: '1970-01-01T01:00:00+01:00' }],
    ['a day as a date', { day: new Date(2026, 0, 2) }],
    ['another order of keys', { facts: { b: { c: [1, 2] }, a: 1 }, notes: { b: 2, a: 1 } }],
    ['other bytes', { raw: new Uint8Array(Buffer.from('raw')) }],
    ['padding', { code: 'ab' }],
    ['a uuid in capitals', { batch: batch.toUpperCase() }],
    ['a list of decimals', { sizes: [1.5, '2.0'] }],
    ['what a transformer takes for the same', { tint: 'red' }],
  ])('is not an equal value in another spelling: %s', async (_, other) => {
    const { id } = await stored();
    const ware = await manager().findOneByOrFail(Ware, { id });
    const told = tell();

    await manager().save(Object.assign(ware, other, { count: '6' }, other));

    expect(told.flatMap(({ changed: columns }) => columns).filter((path) => path in other)).toEqual(
      [],
    );
    expect(told.flatMap(({ changed: columns }) => columns)).not.toContain('price.amount');
  });

  it.each<readonly [string, Partial<Ware>]>([
    ['count', { count: '50' }],
    ['price.amount', { price: { amount: '10.01', currency: 'EUR' } }],
    ['facts', { facts: { a: 1, b: { c: [2, 1] } } }],
    ['raw', { raw: Buffer.from('row') }],
    ['sizes', { sizes: ['2', '1.5'] }],
    ['since', { since: new Date(1) }],
  ])('is another value: %s', async (path, other) => {
    const { id } = await stored();
    const ware = await manager().findOneByOrFail(Ware, { id });
    const told = tell();

    await manager().save(Object.assign(ware, other));

    expect(told).toMatchObject([{ changed: [path] }]);
  });
});
