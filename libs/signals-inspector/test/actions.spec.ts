import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Signals, SignalsModule } from 'nestjs-signals';
import {
  inspectorAction,
  InspectorModule,
  type DurableDesk,
  type InspectorAction,
  type InspectorOptions,
} from 'nestjs-signals-inspector';
import { adapters } from '../../signals/test/nestjs/request-support.js';

const ID = '00000000-0000-7000-8000-000000000001';
const SECRET = 'the mailbox of ada is full';

/** One letter that is dead, one that was replayed, one delivery that waits. */
function desk(replayed: string[]): DurableDesk {
  const died = new Date(0);
  const facts = { id: ID, receiver: 'mail.send', reason: SECRET, attempts: 1 };
  const letter = { ...facts, delivery: undefined, diedAt: died, error: null, lineage: [] };
  return {
    health: () => ({ isStarted: true, hasWorkers: true, isListening: true }),
    counts: async () => ({
      states: { retrying: 1, waiting: 0, delayed: 0, active: 0, dead: 1 },
      workerSeenSeconds: 121,
    }),
    pending: async () => [
      { ...facts, signal: 'shop.opened', carrier: {}, writtenAt: died, dueAt: died },
    ],
    deadLetters: {
      list: async () => [letter],
      show: async () => letter,
      replay: async (_, { dryRun = false } = {}) => {
        if (!dryRun) replayed.push(ID);
        return { replayed: [letter], homeless: [] };
      },
      ended: async () => [
        {
          ...facts,
          diedAt: died,
          endedAt: died,
          outcome: 'replayed',
          replayedTo: undefined,
          deliveryId: undefined,
          now: 'done',
          deadLetter: undefined,
        },
      ],
    },
  };
}

describe('The inspector', () => {
  let app: INestApplication | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });
  const open = async (options: InspectorOptions) => {
    const shown = InspectorModule.forRoot({ environment: 'production', enabled: true, ...options });
    const signals = SignalsModule.forRoot({ onError: () => undefined });
    const module = await Test.createTestingModule({ imports: [signals, shown] }).compile();
    app = module.createNestApplication(adapters.Fastify(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const address = `http://127.0.0.1:${port}/_signals/api`;
    return {
      signals: app.get(Signals),
      get: async (path: string) => (await fetch(`${address}/${path}`)).text(),
      replay: (body: object) =>
        fetch(`${address}/dead/replay`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
    };
  };

  it('tells of a replay before it is done, with the name that the access resolver gave', async () => {
    const replayed: string[] = [];
    const told: { readonly action: InspectorAction; readonly before: number }[] = [];
    const access = () => ({ access: 'operate', name: 'ada' }) as const;
    const { signals, replay } = await open({ access, durable: desk(replayed) });
    signals.connect(inspectorAction, (action) => {
      told.push({ action, before: replayed.length });
    });

    await replay({ filter: {}, dryRun: true });
    const answer = await replay({ filter: {} });

    expect(answer.status).toBe(200);
    expect(replayed).toEqual([ID]);
    expect(told).toEqual([
      {
        action: {
          action: 'replay',
          by: 'ada',
          letters: [{ id: ID, receiver: 'mail.send' }],
        },
        before: 0,
      },
    ]);
  });

  it('does nothing that a receiver of it refuses', async () => {
    const replayed: string[] = [];
    const { signals, replay } = await open({ access: () => 'operate', durable: desk(replayed) });
    signals.connect(inspectorAction, () => Promise.reject(new Error('The audit is full.')));

    const answer = await replay({ ids: [ID] });

    expect([answer.status, replayed]).toEqual([503, []]);
  });

  it('tells a reader how many deliveries there are, and of none why it failed', async () => {
    const { get } = await open({ access: () => 'read', durable: desk([]) });

    const answers = await Promise.all(
      ['dead', `dead/${ID}`, 'deliveries?state=retrying', 'deliveries?state=ended'].map(get),
    );

    expect(answers.every((answer) => answer.includes('mail.send'))).toBe(true);
    expect(answers.join('\n')).not.toContain(SECRET);
    expect(JSON.parse(await get('jobs'))).toEqual({
      jobs: { states: expect.objectContaining({ dead: 1, retrying: 1 }), isWorkerMissing: true },
    });
  });

  it.each(['production', 'development'])(
    'offers a request to try in development alone: %s',
    async (environment) => {
      const example = () => ({ label: 'Open the shop', method: 'POST', path: '/shops' });
      const { get } = await open({ environment, access: () => 'operate', example });

      expect(JSON.parse(await get('example'))).toEqual(
        environment === 'development' ? { example: example() } : {},
      );
    },
  );
});
