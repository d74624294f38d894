import { describe, expect, it } from '@jest/globals';
import { deepStrictEqual } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { copyOfData, copyPayload, frozenCopyOf } from '../../src/core/dispatch/payload-copy.js';

class Order {
  constructor(readonly lines: unknown = []) {}
}
/** What it does is its own business, and none of a copy's. */
class Lines extends Array<unknown> {
  override push(): never {
    throw new Error('A copy is no order.');
  }

  override [Symbol.iterator](): never {
    throw new Error('Nobody asked.');
  }
}
class Bookings extends Map<unknown, unknown> {}

const SIGN = Symbol('sign');
const SHARED = { shared: [1] };

const key = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc.constantFrom('__proto__', 'constructor', '0', SIGN),
);
const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(undefined, null, true, '', 'text', 1, -0, NaN, 10n, SIGN, Math.max, SHARED),
  fc.constantFrom(
    new Order(),
    new Order({ a: [] }),
    new Bookings([[1, {}]]),
    new Error('as it is'),
  ),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 3 }),
  fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
);
/** Data of every kind that is copied, with what is not copied in it. */
const { data, list } = fc.letrec((tie) => {
  const fields = fc.array(fc.tuple(key, tie('data')), { maxLength: 3 });
  const items = fc.array(tie('data'), { maxLength: 3 });
  return {
    data: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fields.map((entries) => withFields({}, entries)),
      fields.map((entries) => withFields(Object.create(null) as object, entries)),
      tie('list'),
      items.map((values) => new Set(values)),
      fc.array(fc.tuple(tie('data'), tie('data')), { maxLength: 3 }).map((all) => new Map(all)),
    ),
    list: fc
      .tuple(items, fc.nat(2), fields, fc.boolean())
      .map(([values, holes, entries, isLines]) =>
        withFields(asLines(withHoles(values, holes), isLines), entries),
      ),
  };
});

describe('A copy of data', () => {
  it('is equal to it, whatever it is made of, and shares none of it', () => {
    fc.assert(
      fc.property(fc.oneof(data, list), (source) => {
        for (const copy of [frozenCopyOf(source), copyOfData(source)]) {
          deepStrictEqual(copy, source);
          const copied = new Set(partsOf(copy));
          expect(partsOf(source).filter((part) => copied.has(part))).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, object]>([
    ['a setter would take', JSON.parse('{ "__proto__": 1 }') as object],
    ['a setter would take, with data', JSON.parse('{ "__proto__": { "a": 1 } }') as object],
    ['is a symbol', { [SIGN]: 1 }],
    ['is a symbol, with data', { [SIGN]: { a: 1 } }],
    ['a list has beside its items', Object.assign([1], { total: 1, [SIGN]: { a: 1 } })],
    ['a list has in place of an item', Object.assign(withHoles([1], 1), { total: 1 })],
  ])('has a field whose name %s', (_, source) => {
    expect(isDeepStrictEqual(frozenCopyOf(source), source)).toBe(true);
  });

  it('has what the source shows: nothing that is not enumerable, and values for getters', () => {
    const hidden = { value: 1, enumerable: false };
    const source = Object.defineProperties({ a: [] }, { hidden, [SIGN]: hidden });

    expect(Reflect.ownKeys(frozenCopyOf(source))).toEqual(['a']);
    expect(
      Object.getOwnPropertyDescriptor(
        frozenCopyOf({
          get a() {
            return [1];
          },
        }),
        'a',
      ),
    ).toEqual({
      value: [1],
      enumerable: true,
      writable: false,
      configurable: false,
    });
  });

  it.each([undefined, null, 0, 'text', true, Math.max])('of %j is itself', (value) => {
    expect([copyOfData(value), frozenCopyOf(value)]).toEqual([value, value]);
  });

  it('is frozen for receivers, but for bytes, which cannot be; or open throughout', () => {
    fc.assert(
      fc.property(data, (source) => {
        for (const part of partsOf(frozenCopyOf(source))) {
          expect(Object.isFrozen(part)).toBe(!(part instanceof Uint8Array));
        }
        for (const part of partsOf(copyOfData(source))) {
          if (part instanceof Uint8Array) continue;
          expect(Object.isExtensible(part)).toBe(true);
          expect(closedKeysOf(part)).toEqual(Array.isArray(part) ? ['length'] : []);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('hands on what is in it and is no data: instances of classes, built-in ones too', () => {
    const [order, bookings, error] = [new Order(), new Bookings(), new Error('no')];
    const source = { in: [order, [bookings]] as const, of: new Map([[order, new Set([error])]]) };

    const { in: inside, of } = frozenCopyOf(source);

    expect(inside[0]).toBe(order);
    expect(inside[1][0]).toBe(bookings);
    expect(of.get(order)?.has(error)).toBe(true);
    expect(Object.isFrozen(order)).toBe(false);
  });

  it('is of data alone: an instance of a class is handed on, unless it is the envelope', () => {
    const order = new Order([{ price: 1 }]);

    expect(copyOfData(order)).toBe(order);
    expect(frozenCopyOf(order)).not.toBe(order);
    expect(copyPayload(order, (value) => value === order).payload).toBe(order);
  });

  it.each<[string, unknown, boolean]>([
    ['fields', { total: 1 }, false],
    [
      'fields of fields and lists',
      { a: { b: [1, withFields(Object.create(null) as object, [])] } },
      false,
    ],
    ['a list', [1], false],
    ['an instance of a class', new Order([1]), false],
    ['an instance of a class in it', { order: new Order() }, false],
    ['an error', new Error('as it is'), false],
    ['text', 'text', false],
    ['nothing', null, false],
    ['a date', { at: new Date(0) }, true],
    ['a map', [new Map()], true],
    ['a set', new Order(new Set()), true],
    ['bytes', { raw: Buffer.from('a') }, true],
  ])('tells whether receivers can change it all the same: %s', (_, source, isChangeable) => {
    expect(copyPayload(source).isChangeable).toBe(isChangeable);
  });
});

function withFields(object: object, entries: readonly (readonly [string | symbol, unknown])[]) {
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return object;
}

function withHoles(values: readonly unknown[], holes: number): unknown[] {
  const items: unknown[] = [];
  items.length = holes;
  items.push(...values);
  return items;
}

/** The same list, of a class of its own. */
function asLines(values: unknown[], isLines: boolean): unknown[] {
  return isLines ? (Object.setPrototypeOf(values, Lines.prototype) as unknown[]) : values;
}

const DATA = new Set<unknown>([Object, Array, Lines, Date, Map, Set, Uint8Array, Buffer]);

/** All data objects in something, each once. */
function partsOf(root: unknown): readonly object[] {
  const parts = new Set<object>();
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null || parts.has(value)) return;
    const prototype = Object.getPrototypeOf(value) as { readonly constructor: unknown } | null;
    if (prototype && !DATA.has(prototype.constructor)) return;
    parts.add(value);
    if (value instanceof Uint8Array) return;
    for (const { value: inner } of descriptorsOf(value)) visit(inner);
    if (value instanceof Set) value.forEach(visit);
    if (value instanceof Map) [...value.keys(), ...value.values()].forEach(visit);
  };
  visit(root);
  return [...parts];
}

function descriptorsOf(object: object): readonly PropertyDescriptor[] {
  return Reflect.ownKeys(object).flatMap(
    (name) => Reflect.getOwnPropertyDescriptor(object, name) ?? [],
  );
}

function closedKeysOf(object: object): readonly (string | symbol)[] {
  return Reflect.ownKeys(object).filter((name) => {
    const { writable, configurable } = Reflect.getOwnPropertyDescriptor(object, name) ?? {};
    return !writable || !configurable;
  });
}
