import { channel } from 'node:diagnostics_channel';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { DataSource, MoreThan } from 'typeorm';
import { NoTransactionError, Signals, adminOf, type SignalsOptions } from 'nestjs-signals/core';
import {
  listen,
  type BypassTrace,
  type QueryTrace,
  type TransactionTrace,
} from 'nestjs-signals/diagnostics';
import {
  atomic,
  m2mChanged,
  onCommit,
  postBulk,
  postSave,
  preBulk,
  preDelete,
  preSave,
  manyToMany,
  typeOrmSignals,
} from 'nestjs-signals/typeorm';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { Label, Note, Seeding1700000000000 } from '../support/labelled-notes.js';
import { until } from '../durable/until.js';

type Name = 'main' | 'archive';

/** What each application hears of a write, in this order. */
const HEARD = {
  save: ['preSave', 'postSave', 'afterCommit'],
  'save in a transaction': ['preSave', 'postSave', 'afterCommit'],
  update: ['preBulk', 'postBulk'],
  relate: ['preAdd', 'postAdd'],
  migrate: [],
} as const;

type Write = keyof typeof HEARD;
type Step =
  | { readonly open: readonly Name[] }
  | { readonly close: number }
  | { readonly renew: Name }
  | { readonly write: Write; readonly to: Name };

describe('Several applications of one process', () => {
  let database: TestDatabase;
  let sources: Record<Name, DataSource>;
  let log: string[];

  /** An application that notes what it hears, with its name. */
  const open = (name: string, on: readonly Name[], options: SignalsOptions = {}) => {
    const reported: string[] = [];
    const onError = (_: unknown, what: string) => void reported.push(what);
    const signals = new Signals({ onError, ...options });
    const dataSources = Object.fromEntries(on.map((using) => [using, sources[using]]));
    const session = typeOrmSignals({ dataSources }).attach({
      signals,
      onError,
      resolve: () => undefined,
    });
    const hear =
      (event: string) =>
      ({ using }: { readonly using: string }) =>
        void log.push(`${name} ${using} ${event}`);
    signals.connect(preSave, hear('preSave'), { sender: Note });
    signals.connect(postSave, hear('postSave'), { sender: Note });
    signals.connect(postSave, hear('afterCommit'), {
      sender: Note,
      phase: 'afterCommit',
      dispatchUid: 'later',
    });
    signals.connect(preBulk, hear('preBulk'), { sender: Note });
    signals.connect(postBulk, hear('postBulk'), { sender: Note });
    signals.connect(m2mChanged, (event) => hear(event.action)(event), { sender: Note });
    return { name, on, signals, reported, [Symbol.dispose]: () => session[Symbol.dispose]() };
  };

  const writes: Record<Write, (source: DataSource) => Promise<unknown>> = {
    save: ({ manager }) => manager.save(Note, {}),
    'save in a transaction': (source) => atomic(source, (manager) => manager.save(Note, {})),
    update: ({ manager }) => manager.update(Note, { id: MoreThan(0) }, { text: 'changed' }),
    async relate(source) {
      const [note] = await source.manager.find(Note, { take: 1 });
      const [label] = await source.manager.find(Label, { take: 1 });
      if (note && label) await manyToMany(source, note, 'labels').add(label.id);
    },
    async migrate(source) {
      await source.runMigrations();
      await source.undoLastMigration();
    },
  };

  beforeAll(async () => {
    database = await createDatabase();
    const make = (synchronize: boolean) =>
      new DataSource({
        type: 'postgres',
        url: database.url,
        entities: [Label, Note],
        migrations: [Seeding1700000000000],
        synchronize,
        poolSize: 2,
      }).initialize();
    sources = { main: await make(true), archive: await make(false) };
    await sources.main.manager.save(Label, {});
    await sources.main.manager.save(Note, {});
  });
  afterAll(async () => {
    for (const source of Object.values(sources)) await source.destroy();
    await database.drop();
  });
  beforeEach(() => {
    log = [];
  });

  const name = fc.constantFrom<Name>('main', 'archive');
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ open: fc.subarray<Name>(['main', 'archive'], { minLength: 1 }) }),
    },
    { weight: 2, arbitrary: fc.record({ close: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ renew: name }) },
    {
      weight: 6,
      arbitrary: fc.record({
        write: fc.constantFrom(...(Object.keys(HEARD) as Write[])),
        to: name,
      }),
    },
  );

  async function walk(
    steps: readonly Step[],
    running: ReturnType<typeof open>[],
  ): Promise<readonly (readonly [heard: readonly string[], expected: readonly string[]])[]> {
    const found: (readonly [readonly string[], readonly string[]])[] = [];
    let opened = 0;
    for (const each of steps) {
      log = [];
      if ('open' in each) running.push(open(`application ${(opened += 1)}`, each.open));
      else if ('close' in each) running.splice(each.close, 1)[0]?.[Symbol.dispose]();
      else if ('renew' in each) {
        await sources[each.renew].destroy();
        await sources[each.renew].initialize();
      } else {
        const { write, to } = each;
        const there = running.filter(({ on }) => on.includes(to));
        if (write === 'relate' && there.length === 0) continue;
        await writes[write](sources[to]);
        const expected = HEARD[write].flatMap((event) =>
          there.map((one) => `${one.name} ${to} ${event}`),
        );
        found.push([log, expected]);
      }
    }
    return found;
  }

  it('each hear what they would alone, in the order of attaching, and leave nothing behind', async () => {
    for (const source of Object.values(sources)) await atomic(source, async () => {}); // watched
    const subscribers = () => Object.values(sources).map((source) => [...source.subscribers]);
    const before = subscribers();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const running: ReturnType<typeof open>[] = [];
        try {
          const found = await walk(steps, running);
          expect(found.map(([heard]) => heard)).toEqual(found.map(([, expected]) => expected));
        } finally {
          for (const one of running) one[Symbol.dispose]();
        }
        expect(running.flatMap(({ reported }) => reported)).toEqual([]);
      }),
      { numRuns: 40 },
    );
    log = [];
    for (const source of Object.values(sources)) await writes.save(source);

    expect(log).toEqual([]);
    expect(subscribers()).toEqual(before);
  });

  it('are each told of transactions, statements and writes that pass receivers by', async () => {
    using first = open('first', ['main']);
    using second = open('second', ['main', 'archive']);
    using elsewhere = open('elsewhere', ['archive']);
    const told: string[] = [];
    const attached = [first, second, elsewhere].map(({ signals, name: who }) => {
      signals.connect(preDelete, () => {}, { sender: Label, dispatchUid: 'passed by' });
      return listen(
        {
          transaction: ({ event }: TransactionTrace) => void told.push(`${who} ${event}`),
          query: ({ sql }: QueryTrace) => void (/DELETE/.test(sql) && told.push(`${who} DELETE`)),
          bypass: ({ operation }: BypassTrace) => void told.push(`${who} bypassed: ${operation}`),
        },
        { signals, onError: () => {} },
      );
    });

    await atomic(sources.main, (manager) => manager.delete(Label, { id: -1 }));
    for (const listening of attached) listening[Symbol.dispose]();

    for (const who of ['first', 'second']) {
      expect(told.filter((each) => each.startsWith(who))).toEqual([
        `${who} begin`,
        `${who} bypassed: delete`,
        `${who} DELETE`,
        `${who} committed`,
      ]);
    }
    expect(told.filter((each) => each.startsWith('elsewhere'))).toEqual([]);
    expect(channel('signals:transaction').hasSubscribers).toBe(false);
  });

  it('report what a receiver registered to its own, and what nobody knows whose it is to all', async () => {
    using first = open('first', ['main']);
    const second = open('second', ['main']);
    const fail = () => Promise.reject(new Error('no'));
    first.signals.connect(postSave, (_, context) => context.onCommit(fail), { dispatchUid: 'own' });

    await writes.save(sources.main);
    expect([first.reported.length, second.reported.length]).toEqual([1, 0]);

    await atomic(sources.main, async () => onCommit(fail));
    expect([first.reported.length, second.reported.length]).toEqual([2, 1]);

    second[Symbol.dispose]();
    await atomic(sources.main, async () => onCommit(fail));
    expect([first.reported.length, second.reported.length]).toEqual([3, 1]);
  });

  it('are bound by the strictest policy outside a transaction, unless the manager tells them apart', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const { main, archive } = sources;
    const note = (text: string) => () => void log.push(text);
    using lax = open('lax', ['main']);
    onCommit(note('alone'));
    {
      using _same = open('same', ['main']);
      onCommit(note('as alone'));
      using _warning = open('warning', ['archive'], { outsideTransaction: 'warn' });
      onCommit(note('warned'));
      expect(warn).toHaveBeenCalledTimes(1);
      using _strict = open('strict', ['archive'], { outsideTransaction: 'throw' });
      expect(() => onCommit(note('refused'))).toThrow(NoTransactionError);
      expect(() => onCommit(note('refused'), { manager: archive.manager })).toThrow(
        NoTransactionError,
      );
      onCommit(note('of main'), { manager: main.manager });
      onCommit(note('asked for'), { outsideTransaction: 'run' });
    }
    warn.mockRestore();

    await until(() => adminOf(lax.signals).underWay().length === 0, 'run');
    expect(log).toEqual(['alone', 'as alone', 'warned', 'of main', 'asked for']);
    expect(lax.reported).toEqual([]);
  });
});
