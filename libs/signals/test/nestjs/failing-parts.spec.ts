import { describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Signals, Receiver, type SignalsModuleOptions } from 'nestjs-signals';
import type { IntegrationSession, SignalsIntegration } from 'nestjs-signals/integration';
import { postSave, typeOrmSignals } from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';
import { start } from './support.js';

@Injectable()
class Listener {
  static heard = 0;

  @Receiver(postSave, { sender: LogLine, dispatchUid: 'parts.listener' })
  hear(): void {
    Listener.heard += 1;
  }
}

@Injectable()
class Impostor {
  @Receiver(postSave, { sender: LogLine, dispatchUid: 'parts.listener' })
  hear(): void {}
}

const refuse = () => Promise.reject(new Error('broken'));
const fail = (): never => {
  throw new Error('broken');
};

describe('A part of an application that fails', () => {
  const one = useDataSource([LogLine]);
  const log: string[] = [];

  /** Notes what is done to it. */
  const part = (name: string, session: Partial<IntegrationSession> = {}): SignalsIntegration => ({
    name,
    attach: () => ({
      stop: async () => void log.push(`${name} stopped`),
      [Symbol.dispose]: () => void log.push(`${name} detached`),
      ...session,
    }),
  });
  const application = (
    broken: SignalsIntegration,
    options: SignalsModuleOptions = {},
    ...providers: (new () => object)[]
  ) => {
    log.length = 0;
    Listener.heard = 0;
    const source = { provide: DataSource, useValue: one.dataSource };
    return start(
      { providers: [source, Listener, ...providers] },
      { ...options, integrations: [part('first'), typeOrmSignals(), broken, part('last')] },
    );
  };
  const subscribers = () => one.dataSource.subscribers.map(({ constructor }) => constructor.name);
  const heardOfASave = async () => {
    await one.dataSource.manager.save(LogLine, { text: 'line' });
    return Listener.heard;
  };

  it.each<[string, SignalsIntegration, readonly string[]]>([
    ['attaching', { name: 'broken', attach: fail }, []],
    ['checking senders', part('broken', { validateSender: fail }), ['broken', 'last']],
    ['starting', part('broken', { start: refuse }), ['broken', 'last']],
    ['getting ready', part('broken', { ready: refuse }), ['broken', 'last']],
    ['starting and stopping', part('broken', { start: refuse, stop: refuse }), ['last']],
    ['starting and detaching', part('broken', { start: refuse, [Symbol.dispose]: fail }), ['last']],
  ])('when %s fails the start with its own error and leaves nothing', async (_, broken, others) => {
    const before = subscribers();

    await expect(application(broken, { onError: () => {} })).rejects.toThrow('broken');

    expect(subscribers()).toEqual(before);
    expect(await heardOfASave()).toBe(0);
    for (const name of ['first', ...others]) {
      expect(log.filter((line) => line.startsWith(name))).toEqual(
        expect.arrayContaining([expect.stringContaining('stopped')]),
      );
    }
    expect(log.at(-1)).toBe('first detached');
  });

  it('leaves nothing when a receiver is refused', async () => {
    const before = subscribers();

    await expect(application(part('fine'), {}, Impostor)).rejects.toThrow('parts.listener');

    expect(subscribers()).toEqual(before);
    expect(await heardOfASave()).toBe(0);
    expect(log).toEqual([
      'first stopped',
      'fine stopped',
      'last stopped',
      'last detached',
      'fine detached',
      'first detached',
    ]);
  });

  it.each<[string, Partial<IntegrationSession>]>([
    ['stopping', { stop: refuse }],
    ['detaching', { [Symbol.dispose]: fail }],
  ])('when %s is reported, and everything else is closed', async (_, session) => {
    const before = subscribers();
    const reported: string[] = [];
    const onError = (error: unknown, what: string) =>
      void reported.push(`${what}: ${(error as Error).message}`);
    const running = await application(part('broken', session), { onError });
    let finish = () => {};
    const slow = new Promise<void>((resolve) => (finish = resolve));
    running.get(Signals).connect(postSave, () => slow, { dispatchUid: 'parts.slow' });
    const saving = heardOfASave();

    const closing = running.close();
    finish();
    await Promise.all([saving, closing]);

    expect(reported).toEqual([
      expect.stringMatching(/^(Stopping|Detaching) the integration 'broken' failed: broken$/),
    ]);
    expect(log).toEqual(expect.arrayContaining(['first stopped', 'last stopped']));
    expect(log.at(-1)).toBe('first detached');
    expect(subscribers()).toEqual(before);
    expect(await heardOfASave()).toBe(1);
  });

  it('leaves its integrations fit for the next application', async () => {
    let isBroken = true;
    const broken = part('broken', { start: async () => (isBroken ? fail() : undefined) });
    await expect(application(broken)).rejects.toThrow('broken');

    isBroken = false;
    const running = await application(broken);

    expect(await heardOfASave()).toBe(1);
    await running.close();
  });
});
