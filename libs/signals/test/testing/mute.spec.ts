import { beforeEach, describe, expect, it } from '@jest/globals';
import { AsyncResource } from 'node:async_hooks';
import { defineSignal, Signals } from 'nestjs-signals/core';
import { mute } from 'nestjs-signals/testing';

const greeted = defineSignal<{ name: string }>('test.greeted');

class Host {}

describe('mute', () => {
  let signals: Signals;
  let heard: string[];
  const send = () => signals.send(greeted, { name: 'Ada' }, { sender: Host });

  beforeEach(() => {
    heard = [];
    signals = new Signals();
    for (const dispatchUid of ['first', 'second']) {
      signals.connect(greeted, () => void heard.push(dispatchUid), { dispatchUid });
    }
  });

  it('silences everything until it is disposed, in contexts of before too', async () => {
    const before = AsyncResource.bind(send);
    {
      using _quiet = mute(signals);
      await send();
      await before();
    }
    expect(heard).toEqual([]);

    await send();
    expect(heard).toEqual(['first', 'second']);
  });

  it('silences what fits the filter alone', async () => {
    using _receiver = mute(signals, { dispatchUid: 'first' });
    using _sender = mute(signals, { dispatchUid: 'second', sender: 'somebody else' });

    await send();

    expect(heard).toEqual(['second']);
  });

  it('nests, and overlapping silences end in any order', async () => {
    const outer = mute(signals, { dispatchUid: 'first' });
    const inner = mute(signals, { dispatchUid: 'first' });
    await signals.mute({ dispatchUid: 'second' }, send);

    outer[Symbol.dispose]();
    outer[Symbol.dispose]();
    await send();
    inner[Symbol.dispose]();
    await send();

    expect(heard).toEqual(['second', 'first', 'second']);
  });
});
