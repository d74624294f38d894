import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  DurableOutsideTransactionError,
  ReceiverDeclarationError,
  TransactionEndedError,
  adminOf,
  type DurableReceiverOptions,
} from 'nestjs-signals/core';
import {
  hostOf,
  defineLifecycleSignal,
  type FixedPayload,
  type OutgoingEvent,
} from 'nestjs-signals/integration';
import { FakeDatabase } from './fake-database.js';
import { closedGate, observedSignals, type ObservedSignals } from './support.js';

class Order {}

interface Paid {
  readonly order: string;
  readonly total: number;
}

const paid = defineSignal<Paid>('orders.paid');
const payload: Paid = { order: 'o-1', total: 42 };

type Options = Omit<DurableReceiverOptions<Paid>, 'phase' | 'dispatchUid'>;

describe('Sending to durable receivers', () => {
  let one: ObservedSignals;
  let database: FakeDatabase;
  let written: OutgoingEvent[];
  const send = () => one.signals.send(paid, payload, { sender: Order });
  const connect = (dispatchUid: string, options: Options = {}) =>
    one.signals.connect(paid, () => {}, { ...options, phase: 'durable', dispatchUid });
  const desk = {
    accept: (event: OutgoingEvent) => event,
    write: async (event: OutgoingEvent) => {
      written.push(event);
      database.statements.push('WRITE');
    },
    outstanding: async () => ['one delivery'],
  };

  beforeEach(() => {
    one = observedSignals();
    database = new FakeDatabase(() => {});
    hostOf(one.signals).useTransactions(database);
    hostOf(one.signals).useOutbox(desk);
    written = [];
  });

  it('writes one delivery for each of them in the transaction of the sender, and runs none', async () => {
    connect('issue');
    connect('mail');

    expect(await database.transaction(send)).toEqual([]);

    const [issue, mail] = adminOf(one.signals).list();
    const delivery = {
      payload,
      orderingKey: undefined,
      delay: 0,
      priority: 0,
      namesake: undefined,
    };
    expect(written).toEqual([
      {
        signal: paid,
        sender: Order,
        deliveries: [
          { ...delivery, receiver: issue },
          { ...delivery, receiver: mail },
        ],
      },
    ]);
    expect(database.statements).toEqual(['BEGIN', 'WRITE', 'COMMIT']);
  });

  it('asks each for the key, the delay and the priority of the payload', async () => {
    connect('fixed', { delay: 500, priority: 3 });
    connect('asked', {
      orderingKey: ({ order }) => order,
      delay: ({ total }) => total,
      priority: ({ total }) => -total,
    });

    await database.transaction(send);

    expect(written[0]?.deliveries).toMatchObject([
      { orderingKey: undefined, delay: 500, priority: 3 },
      { orderingKey: 'o-1', delay: 42, priority: -42 },
    ]);
  });

  it.each([
    ['an empty text', ''],
    ['undefined', undefined],
    ['7', 7],
  ])('refuses a key that is %s', async (shown, key) => {
    connect('issue', { orderingKey: () => key as string });

    const sending = database.transaction(send);

    await expect(sending).rejects.toThrow(ReceiverDeclarationError);
    await expect(sending).rejects.toThrow(
      `The key of receiver 'issue' answered ${shown}; a text is expected`,
    );
    expect(written).toEqual([]);
  });

  it.each<[string, Options, RegExp]>([
    [
      'a key that PostgreSQL cannot keep',
      { orderingKey: () => 'a\u0000' },
      /with U\+0000 or half of a/,
    ],
    [
      'a key that is half an emoji',
      { orderingKey: () => '👍'.slice(0, 1) },
      /with U\+0000 or half of a/,
    ],
    ['a key that no index takes', { orderingKey: () => 'é'.repeat(600) }, /more than 1024 bytes/],
    ['a delay that is no number', { delay: () => Number.NaN }, /delay .* is NaN; milliseconds/],
    ['a delay that is a text', { delay: () => '5' as never }, /delay .* is 5; milliseconds/],
    ['a delay that is an object', { delay: () => ({}) as never }, /delay .* is an object; milli/],
    ['an endless delay', { delay: Infinity }, /delay .* is Infinity/],
    ['half a priority', { priority: () => 0.5 }, /priority .* is 0\.5; a whole number/],
    ['a priority of more than 32 bits', { priority: 2 ** 31 }, /priority .* is 2147483648/],
  ])('refuses %s before anybody has heard', async (_, options, problem) => {
    let heard = 0;
    one.signals.connect(paid, () => void (heard += 1));
    connect('issue', options);

    await expect(database.transaction(send)).rejects.toThrow(problem);
    expect({ heard, written }).toEqual({ heard: 0, written: [] });
  });

  it.each<[string, Options]>([
    ['a key', { orderingKey: () => 'é'.repeat(512) }],
    ['a delay', { delay: 10 * 365 * 24 * 60 * 60 * 1_000 }],
    ['a priority', { priority: 2 ** 31 - 1 }],
    ['the opposite of a priority', { priority: 1 - 2 ** 31 }],
  ])('takes %s that is as large as it may be', async (_, options) => {
    connect('issue', options);

    await database.transaction(send);

    expect(written).toHaveLength(1);
  });

  it('writes once the other receivers have run, and nothing where one of them fails', async () => {
    connect('issue');
    const audit = one.signals.connect(paid, () => void database.statements.push('AUDIT'));
    await database.transaction(send);
    expect(database.statements).toEqual(['BEGIN', 'AUDIT', 'WRITE', 'COMMIT']);

    audit[Symbol.dispose]();
    one.signals.connect(paid, () => Promise.reject(new Error('veto')));
    await expect(database.transaction(send)).rejects.toThrow('veto');
    expect(written).toHaveLength(1);
  });

  it('leaves out those whose condition does not hold, or who are muted', async () => {
    connect('small', { when: ({ total }) => total < 10 });
    connect('muted');

    await database.transaction(() => one.signals.mute({ dispatchUid: 'muted' }, send));

    expect(written).toEqual([]);
  });

  it('is told what the signal makes of its payload, where the signal has a say', async () => {
    const saved = defineLifecycleSignal<FixedPayload<Paid>>('model.saved', {
      serialize: ({ order }: Paid, { sender, columns }) => ({ id: order, of: sender, columns }),
    });
    one.signals.connect(saved, () => {}, {
      phase: 'durable',
      dispatchUid: 'index',
      orderingKey: ({ order }) => order,
      columns: ['total'] as never,
    });

    await database.transaction(() => one.signals.send(saved, payload, { sender: Order }));

    expect(written[0]?.deliveries).toMatchObject([
      { payload: { id: 'o-1', of: Order, columns: ['total'] }, orderingKey: 'o-1' },
    ]);
  });

  it('fails where no transaction is open, and names who would have missed it', async () => {
    connect('issue');
    connect('mail');

    await expect(send()).rejects.toThrow(DurableOutsideTransactionError);
    await expect(send()).rejects.toThrow(
      "'orders.paid' has durable receivers (issue, mail), whose deliveries are written in the " +
        'transaction of the sender, but no transaction is open here. Open one with ' +
        'atomic(dataSource, …), or name it: send(…, { manager }).',
    );
    expect(written).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a send', () => send()],
    ['a robust send', () => one.signals.sendRobust(paid, payload, { sender: Order })],
    [
      'a send with the manager of no transaction',
      () => one.signals.send(paid, payload, { sender: Order, manager: 'default' }),
    ],
    [
      'a send where nothing keeps deliveries',
      () => {
        using _nothing = hostOf(one.signals).useOutbox(desk);
        return database.transaction(() => {
          _nothing[Symbol.dispose]();
          return send();
        });
      },
    ],
  ])('is refused before anybody has heard: %s', async (_, sending) => {
    const heard: string[] = [];
    one.signals.connect(paid, () => void heard.push('in the transaction'));
    one.signals.connect(paid, () => void heard.push('after it'), { phase: 'afterCommit' });
    connect('issue');

    await expect(sending()).rejects.toThrow(DurableOutsideTransactionError);
    expect(heard).toEqual([]);
    expect(one.reported).toEqual([]);
  });

  it('is refused before anybody has heard when its transaction has ended', async () => {
    const heard: string[] = [];
    one.signals.connect(paid, () => void heard.push('in the transaction'));
    connect('issue');
    let late: Promise<unknown> | undefined;
    const gate = closedGate();
    await database.transaction(async () => {
      late = gate.opened.then(send);
    });
    gate.open();

    await expect(late).rejects.toThrow(TransactionEndedError);
    expect(heard).toEqual([]);
  });

  it('needs no transaction where the condition of its durable receivers does not hold', async () => {
    connect('small', { when: ({ total }) => total < 10 });

    expect(await send()).toEqual([]);
  });

  it('fails where nothing writes deliveries, or nothing does any more', async () => {
    connect('issue');
    using second = hostOf(one.signals).useOutbox({ ...desk });
    hostOf(one.signals).useOutbox(desk)[Symbol.dispose]();

    await expect(database.transaction(send)).rejects.toThrow(DurableOutsideTransactionError);
    second[Symbol.dispose]();
    await expect(database.transaction(send)).rejects.toThrow(DurableOutsideTransactionError);
  });

  it('fails also robustly when a delivery cannot be written: it would be lost', async () => {
    connect('issue');
    hostOf(one.signals).useOutbox({ ...desk, write: () => Promise.reject(new Error('disk full')) });

    const sending = database.transaction(() =>
      one.signals.sendRobust(paid, payload, { sender: Order }),
    );

    await expect(sending).rejects.toThrow('disk full');
    expect(one.reported).toEqual([]);
  });

  it('knows what is outstanding from the one who writes, or nothing', async () => {
    expect(await adminOf(one.signals).outstanding()).toEqual(['one delivery']);
    expect(await adminOf(observedSignals().signals).outstanding()).toEqual([]);
  });
});
