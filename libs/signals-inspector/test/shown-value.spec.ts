import { describe, expect, it } from '@jest/globals';
import { ShownValues } from '../src/recorder/shown-value.js';

const ID = '01a205e5-b214-7716-8d24-8937d9aa715e';

/** As a page gets it: through JSON. */
function shown(value: unknown, isVisible: (path: string) => boolean = () => false): unknown {
  return throughJson(new ShownValues(isVisible).of(value));
}

function throughJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('What is shown of a value', () => {
  it('are numbers, booleans, dates, nothings and ids, and of other texts their length', () => {
    const placedAt = new Date('2026-11-23T00:54:29.140Z');

    expect(
      shown({
        id: ID,
        customerId: '17',
        total: 4200,
        isPaid: false,
        placedAt,
        note: null,
        big: 7n,
      }),
    ).toEqual({
      id: ID,
      customerId: '17',
      total: 4200,
      isPaid: false,
      placedAt: '2026-11-23T00:54:29.140Z',
      note: null,
      big: '7',
    });
    expect(shown({ name: 'Ada', id: 'no id at all', token: ID })).toEqual({
      name: '(text of 3 characters)',
      id: '(text of 12 characters)',
      token: '(text of 36 characters)',
    });
  });

  it('are the texts whose path was declared visible, and no others of that name', () => {
    const value = { lines: [{ name: 'Fountain pen' }], name: 'Ada' };

    expect(shown(value, (path) => path === 'lines.0.name')).toEqual({
      lines: [{ name: 'Fountain pen' }],
      name: '(text of 3 characters)',
    });
  });

  it('is an object once; where it comes again, where it was', () => {
    const order = { id: ID, total: 4200 };
    const circle: Record<string, unknown> = { total: 1 };
    circle['self'] = circle;

    expect(shown({ instance: order, origin: order })).toEqual({
      instance: order,
      origin: '(the same as instance)',
    });
    expect(shown(circle)).toEqual({ total: 1, self: '(the same as the whole)' });
  });

  it('stays as it was when the value changes afterwards', () => {
    const at = new Date(0);
    const value = { total: 1, lines: [1], at };
    const kept = new ShownValues(() => false).of(value);

    value.total = 2;
    value.lines.push(2);
    at.setTime(1_000);

    expect(throughJson(kept)).toEqual({ total: 1, lines: [1], at: '1970-01-01T00:00:00.000Z' });
  });

  it('runs nothing of the value: no getter, no method, no toJSON', () => {
    const ran: string[] = [];
    const value = {
      get lazy(): string {
        ran.push('getter');
        return 'secret';
      },
      toJSON: () => ran.push('toJSON'),
      total: 1,
    };

    expect(shown(value)).toEqual({ total: 1 });
    expect(ran).toEqual([]);
  });

  it('is small, however large the value is', () => {
    const values = new ShownValues(() => true);
    const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`key${at}`, at]));
    const deep = { a: { b: { c: { d: 1 } } } };

    expect(Object.keys(throughJson(values.of(wide)) as object)).toHaveLength(24);
    expect(throughJson(values.of(deep))).toEqual({ a: { b: { c: '(object)' } } });
    expect(throughJson(values.of(Array.from({ length: 30 }, () => 1)))).toEqual([
      ...Array.from({ length: 24 }, () => 1),
      '(6 more)',
    ]);
    expect(throughJson(values.of({ text: 'x'.repeat(5_000) }))).toEqual({
      text: `${'x'.repeat(4_096)}… (5000 characters)`,
    });
    expect(throughJson(values.of({ ['k'.repeat(200)]: 1 }))).toEqual({
      [`${'k'.repeat(80)}… (200 characters)`]: 1,
    });
  });

  it('tells objects with the same keys and other values apart', () => {
    const values = new ShownValues(() => false);

    const [one, other] = [values.of({ id: '1', total: 1 }), values.of({ id: '2', total: 2 })];

    expect([one, other].map(throughJson)).toEqual([
      { id: '1', total: 1 },
      { id: '2', total: 2 },
    ]);
  });
});
