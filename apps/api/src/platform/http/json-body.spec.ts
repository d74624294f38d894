import fc from 'fast-check';
import { isWithinBounds } from './json-body.js';

interface Shape {
  readonly depth: number;
  /** Values, and one more for each list or object that has none. */
  readonly values: number;
  readonly longestName: number;
}

describe('The bounds of a JSON body', () => {
  it('are what its depth, its values and its names say, whatever its texts contain', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('[[', '{"a":', '\\"', ',', ': '));
    const some = fc.jsonValue({ maxDepth: 4 });
    const value = fc.oneof(
      fc.tuple(some, fc.integer({ max: 15, min: 0 })).map(([inmost, depth]) => nest(inmost, depth)),
      fc
        .tuple(some, fc.integer({ max: 520, min: 480 }))
        .map(([part, count]) => [part, ...Array<number>(count).fill(1)]),
      fc
        .tuple(text, fc.integer({ max: 110, min: 90 }), some)
        .map(([name, length, part]) => ({ [name.padEnd(length, '.')]: part, text: name })),
    );
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1, '\t'), (body, space) => {
        const { depth, values, longestName } = shapeOf(body);

        expect(isWithinBounds(JSON.stringify(body, null, space))).toBe(
          depth <= 10 && values <= 500 && longestName <= 100,
        );
      }),
    );
  });

  it.each([
    ['10 levels', '['.repeat(10) + ']'.repeat(10), true],
    ['11 levels', '['.repeat(11) + ']'.repeat(11), false],
    ['levels that are never closed', '['.repeat(50_000), false],
    ['brackets in a text', JSON.stringify('['.repeat(50_000)), true],
    ['brackets behind an escaped quotation mark', JSON.stringify(`"${'['.repeat(99)}`), true],
    ['499 in a list', JSON.stringify(Array(499).fill(1)), true],
    ['500 in a list', JSON.stringify(Array(500).fill(1)), false],
    ['a name of 100 characters', JSON.stringify({ ['a'.repeat(100)]: 1 }), true],
    ['a name of 101 characters', `{"${'a'.repeat(101)}" \n: 1}`, false],
    ['a long text', JSON.stringify({ a: 'a'.repeat(50_000) }), true],
    ['a text that never ends', `{"${'a'.repeat(50_000)}`, true],
  ])('are kept: %s', (_, json, isWithin) => {
    expect(isWithinBounds(json)).toBe(isWithin);
  });
});

function nest(inmost: unknown, depth: number): unknown {
  return depth === 0 ? inmost : { in: [nest(inmost, depth - 1)] };
}

function shapeOf(value: unknown): Shape {
  if (typeof value !== 'object' || value === null) return { depth: 0, values: 1, longestName: 0 };
  const parts = Object.values(value).map(shapeOf);
  const names = Array.isArray(value)
    ? []
    : Object.keys(value).map((name) => JSON.stringify(name).length - 2);
  return {
    depth: 1 + Math.max(0, ...parts.map(({ depth }) => depth)),
    values: 1 + parts.reduce((sum, part) => sum + part.values, parts.length === 0 ? 1 : 0),
    longestName: Math.max(0, ...names, ...parts.map((part) => part.longestName)),
  };
}
