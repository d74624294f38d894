import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { defineSignal, Signals } from 'nestjs-signals/core';
import {
  causedBy,
  listen,
  receiverChannel,
  sendChannel,
  surround,
  type Ended,
  type SendTrace,
  type TraceListeners,
} from 'nestjs-signals/diagnostics';

const noted = defineSignal<{ text: string }>('listening.noted');

function listening(listeners: TraceListeners) {
  const reported: unknown[] = [];
  const onError = (error: unknown) => void reported.push(error);
  const signals = new Signals({ onError });
  return { signals, reported, stop: listen(listeners, { signals, onError }) };
}

describe('Listening to the channels', () => {
  it('tells of one application, although others share the channels', async () => {
    const told: unknown[] = [];
    const { signals, stop } = listening({
      send: { start: ({ application }) => void told.push(application) },
    });
    using _stop = stop;

    await signals.send(noted, { text: 'mine' });
    await new Signals().send(noted, { text: 'of another one' });

    expect(told).toEqual([signals]);
  });

  it('tells at the end what it failed with', async () => {
    const ended: Ended<SendTrace>[] = [];
    const { signals, stop } = listening({ send: { end: (send) => void ended.push(send) } });
    using _stop = stop;
    const failure = new Error('no');
    const failing = signals.connect(noted, () => {
      throw failure;
    });

    await signals.send(noted, { text: 'fails' }).catch(() => {});
    failing[Symbol.dispose]();
    await signals.send(noted, { text: 'goes well' });

    expect(ended.map((send) => 'error' in send && send.error)).toEqual([failure, false]);
  });

  it('reports what a listener throws, and the send goes on', async () => {
    const failure = new Error('no');
    const { signals, reported, stop } = listening({
      send: {
        start: () => {
          throw failure;
        },
      },
    });
    using _stop = stop;
    signals.connect(noted, ({ text }) => text);

    const results = await signals.send(noted, { text: 'heard' });

    expect(results).toMatchObject([{ status: 'fulfilled', value: 'heard' }]);
    expect(reported).toEqual([failure]);
  });

  it('subscribes to the channels that it has a listener for, until it is disposed', () => {
    const { stop } = listening({ send: { start: () => {} } });

    expect([sendChannel.start.hasSubscribers, receiverChannel.start.hasSubscribers]).toEqual([
      true,
      false,
    ]);
    stop[Symbol.dispose]();
    expect(sendChannel.start.hasSubscribers).toBe(false);
  });
});

describe('What surrounds causes', () => {
  it('is around each of them, until it is disposed', async () => {
    const outer = new AsyncLocalStorage<string>();
    const signals = new Signals();
    using _listened = listen({ receiver: { start: () => {} } }, { signals, onError: () => {} });
    const inside: unknown[] = [];
    signals.connect(noted, async () => {
      await Promise.resolve();
      inside.push(outer.getStore());
    });

    const surrounding = surround((cause, work) => outer.run(cause.kind, work));
    await signals.send(noted, { text: 'surrounded' });
    surrounding[Symbol.dispose]();
    await signals.send(noted, { text: 'not any more' });

    expect(inside).toEqual(['receiver', undefined]);
  });

  it('answers what the work answers', () => {
    const cause = { kind: 'entry', application: undefined, entry: 'job', id: '1' } as const;
    using _added = surround((_cause, work) => work());

    expect(causedBy({ ...cause, facts: {}, origin: undefined }, () => 'done')).toBe('done');
  });
});
