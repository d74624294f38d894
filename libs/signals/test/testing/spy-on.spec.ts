import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defineSignal, Signals, adminOf } from 'nestjs-signals/core';
import { postSave } from 'nestjs-signals/typeorm';
import { NotSentError, spyOn } from 'nestjs-signals/testing';
import { startDataSource, type SignalsOnDataSource } from '../support/data-source.js';
import { LogLine } from '../support/entities.js';

const greeted = defineSignal<{ name: string }>('test.greeted');
const parted = defineSignal<{ name: string }>('test.parted');

class Host {}
class Guest extends Host {}

describe('spyOn', () => {
  it('records payload, sender and results of each send, in their order', async () => {
    const signals = new Signals();
    signals.connect(greeted, ({ name }) => `hello ${name}`, { dispatchUid: 'hello' });
    using spy = spyOn(signals, greeted);

    await signals.send(greeted, { name: 'Ada' }, { sender: Host });
    await signals.sendRobust(greeted, { name: 'Bob' });
    await signals.send(parted, { name: 'Ada' }, { sender: Host });

    const results = (value: string) => [
      { receiver: expect.objectContaining({ dispatchUid: 'hello' }), status: 'fulfilled', value },
    ];
    expect(spy.sends).toEqual([
      {
        sender: Host,
        payload: { name: 'Ada' },
        robust: false,
        outcome: { status: 'fulfilled', results: results('hello Ada') },
      },
      {
        sender: null,
        payload: { name: 'Bob' },
        robust: true,
        outcome: { status: 'fulfilled', results: results('hello Bob') },
      },
    ]);
    expect(spy.payloads).toEqual([{ name: 'Ada' }, { name: 'Bob' }]);
  });

  it('records sends of one sender alone when it is told so', async () => {
    const signals = new Signals();
    using spy = spyOn(signals, greeted, { sender: Host });

    await signals.send(greeted, { name: 'guest' }, { sender: Guest });
    await signals.send(greeted, { name: 'host' }, { sender: Host });

    expect(spy.payloads).toEqual([{ name: 'host' }]);
  });

  it('records a send that reaches nobody, and one that is muted', async () => {
    const signals = new Signals();
    signals.connect(greeted, () => 'heard', { sender: Host });
    using spy = spyOn(signals, greeted);

    await signals.send(greeted, { name: 'nobody' });
    await signals.mute({}, () => signals.send(greeted, { name: 'muted' }, { sender: Host }));

    expect(spy.sends.map(({ outcome }) => outcome)).toEqual([
      { status: 'fulfilled', results: [] },
      { status: 'fulfilled', results: [] },
    ]);
  });

  it('records an outer send before the inner one that a receiver causes', async () => {
    const signals = new Signals();
    signals.connect(greeted, ({ name }) =>
      name === 'outer' ? signals.send(greeted, { name: 'inner' }) : undefined,
    );
    using spy = spyOn(signals, greeted);

    await signals.send(greeted, { name: 'outer' });

    expect(spy.payloads).toEqual([{ name: 'outer' }, { name: 'inner' }]);
  });

  it('changes neither results nor failures nor the list of receivers', async () => {
    const signals = new Signals();
    const failure = new Error('no');
    signals.connect(greeted, () => Promise.reject(failure));
    const unseen = adminOf(signals).list();
    using spy = spyOn(signals, greeted);

    await expect(signals.send(greeted, { name: 'Ada' })).rejects.toBe(failure);

    expect(adminOf(signals).list()).toEqual(unseen);
    expect(await signals.send(parted, { name: 'Ada' })).toEqual([]);
    expect(spy.sends[0]?.outcome).toEqual({ status: 'rejected', reason: failure });
  });

  it('stops recording when it is disposed', async () => {
    const signals = new Signals();
    const spy = spyOn(signals, greeted);
    spy[Symbol.dispose]();

    await signals.send(greeted, { name: 'late' });

    expect(spy.sends).toEqual([]);
  });

  it('types the payload by the signal', () => {
    using spy = spyOn(new Signals(), greeted);

    // @ts-expect-error the payload has a name and nothing else
    spy.sends.map(({ payload }) => payload.title);
    expect(spy.sends).toEqual([]);
  });

  describe('next()', () => {
    it('resolves to the next send, once it has ended', async () => {
      const signals = new Signals();
      let finish = () => {};
      const gate = new Promise<void>((resolve) => (finish = resolve));
      signals.connect(greeted, () => gate.then(() => 'done'));
      using spy = spyOn(signals, greeted);

      const next = spy.next();
      const sending = signals.send(greeted, { name: 'Ada' });
      expect(spy.sends[0]?.outcome).toEqual({ status: 'running' });
      finish();

      expect(await next).toMatchObject({
        payload: { name: 'Ada' },
        outcome: { status: 'fulfilled', results: [{ value: 'done' }] },
      });
      await sending;
    });

    it('gives up with an error that names the signal', async () => {
      using spy = spyOn(new Signals(), greeted, { sender: Host });

      await expect(spy.next({ timeout: 10 })).rejects.toThrow(
        new NotSentError("'test.greeted' of Host was not sent, or did not end, in 10 ms."),
      );
    });

    it('gives up when the spy is disposed', async () => {
      const spy = spyOn(new Signals(), greeted);
      const next = spy.next();
      spy[Symbol.dispose]();

      await expect(next).rejects.toThrow(NotSentError);
    });
  });

  describe('on a model signal', () => {
    let one: SignalsOnDataSource;

    beforeAll(async () => {
      one = await startDataSource([LogLine]);
    });
    afterAll(() => one.close());

    it('records saves that no receiver hears', async () => {
      using spy = spyOn(one.signals, postSave, { sender: LogLine });

      await one.dataSource.manager.save(LogLine, { text: 'a' });

      expect(spy.payloads.map(({ instance, created }) => [instance.text, created])).toEqual([
        ['a', true],
      ]);
    });
  });
});
