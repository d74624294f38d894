import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defineSignal, InvalidReferenceError } from 'nestjs-signals/core';
import { UnstorablePayloadError } from 'nestjs-signals/durable';
import { atomic, postSave } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';

const told = defineSignal<unknown>('tests.told');
const LIST = ['shared'];
const half = '👍'.slice(0, 1);
const circular: Record<string, unknown> = {};
circular['list'] = [{ self: circular }];

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = { a: value };
  return value;
}

/** Any code units, so that halves of characters and U+0000 come up as well. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xff_ff })).map((units) => String.fromCharCode(...units)),
);
const anyValue = fc.anything({
  key: text,
  values: [text, fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined)],
  withDate: true,
  withMap: true,
  withBigInt: true,
  withNullPrototype: true,
  withSparseArray: true,
  maxDepth: 4,
});

describe('A payload for a durable receiver', () => {
  let database: TestDatabase;
  let process: DurableProcess;
  let heard: unknown[];

  beforeAll(async () => {
    database = await createDurableDatabase();
    process = await DurableProcess.start(database, {
      connect: (signals) => {
        signals.connect(told, (payload) => void heard.push(payload), {
          phase: 'durable',
          dispatchUid: 'hear',
        });
      },
    });
  });
  afterAll(async () => {
    await process.stop();
    await database.drop();
  });
  beforeEach(() => {
    heard = [];
  });

  /** The failure of the send, in a transaction that is used on. */
  const refusal = (payload: unknown): Promise<unknown> =>
    atomic(process.dataSource, async (manager) => {
      const failure = await process.signals.send(told, payload).then(
        () => undefined,
        (error: unknown) => error,
      );
      await manager.query('SELECT');
      return failure;
    });

  it.each<[string, unknown, RegExp]>([
    ['U+0000', { a: { name: 'x\u0000' } }, /a text with U\+0000 at a\.name,/],
    ['half a character', { list: ['ok', half] }, /a text with half of a character .* at list\.1,/],
    ['the other half', '👍'.slice(1), /a text with half of a character .* at its root,/],
    ['U+0000 in a key', { 'a\u0000': 1 }, /a key with U\+0000 at "a\\u0000",/],
    ['half a character in a key', { [half]: 1 }, /a key with half of a character/],
    ['itself inside itself', circular, /an object inside itself at list\.0\.self,/],
    ['no bottom in sight', nested(5_000), /more than 500 levels at a\.a/],
    ['a hole', { list: [, 1] }, /an array with holes/], // eslint-disable-line no-sparse-arrays
    ['a symbol for a key', { [Symbol('s')]: 1 }, /a key that is a symbol at its root,/],
    ['an array with more', Object.assign([1], { more: 2 }), /properties of its own at its root,/],
    ['undefined in a list', { list: [undefined] }, /undefined at list\.0,/],
    ['an entity', { line: new LogLine() }, /an instance of LogLine at line,/],
    ['NaN', { amount: Number.NaN }, /NaN at amount,/],
    ['a bigint', { amount: 1n }, /a bigint at amount,/],
  ])('is refused with %s, by its path', async (_, payload, message) => {
    const failure = await refusal(payload);

    expect(failure).toBeInstanceOf(UnstorablePayloadError);
    expect(String(failure)).toMatch(message);
  });

  it.each<[string, unknown]>([
    ['whole characters', { name: '👍 \u2028 \\u0000 é' }],
    ['a key called __proto__', JSON.parse('{"__proto__": {"x": 1}, "a": 1}')],
    ['one object twice', [LIST, LIST]],
    ['large and small numbers', [2 ** 60, 5e-324, 1.7e308]],
    ['depth', nested(400)],
  ])('comes back as it was with %s', async (_, payload) => {
    expect(await refusal(payload)).toBeUndefined();
    await process.settled();

    expect(heard).toEqual([payload]);
  });

  it('comes back with zero for minus zero, which JSON does not have', async () => {
    await refusal({ refund: -0 });
    await process.settled();

    expect(heard).toEqual([{ refund: 0 }]);
  });

  it('comes back as it was or is refused, whatever it is, and never breaks the transaction', async () => {
    await fc.assert(
      fc.asyncProperty(anyValue, async (payload) => {
        heard = [];
        const failure = await refusal(payload);
        const isRefused = failure instanceof UnstorablePayloadError;
        if (isRefused || (payload === undefined && failure instanceof InvalidReferenceError))
          return;
        await process.settled();
        expect({ failure, heard }).toEqual({
          failure: undefined,
          heard: [JSON.parse(JSON.stringify(payload))],
        });
      }),
      { numRuns: 60 },
    );
  });

  it('of a save has the texts that PostgreSQL has', async () => {
    const values: unknown[] = [];
    await using other = await DurableProcess.start(database, {
      connect: (signals) => {
        signals.connect(postSave, (saved) => void values.push(saved.values), {
          sender: LogLine,
          phase: 'durable',
          dispatchUid: 'index',
          columns: ['text'],
        });
      },
    });

    const line = await other.dataSource.manager.save(
      Object.assign(new LogLine(), { text: `cut ${half}` }),
    );
    await other.settled();

    const stored = await other.dataSource.manager.findOneByOrFail(LogLine, { id: line.id });
    expect(values).toEqual([{ text: stored.text }]);
  });
});
