import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { defineSignal, NoTransactionError, type SignalsOptions } from 'nestjs-signals/core';
import { failureOf, observedSignals } from './support.js';

const paid = defineSignal<{ total: number }>('orders.paid');
const payload = { total: 42 };

describe('Outside a transaction', () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});

  afterEach(() => void warn.mockReset());

  const start = (options?: SignalsOptions) => {
    const one = observedSignals(options);
    const heard: string[] = [];
    const note = (text: string) => async () => {
      await new Promise(setImmediate);
      heard.push(text);
    };
    return { ...one, heard, note, send: () => one.signals.send(paid, payload) };
  };

  it('phase afterCommit runs at once, before the send returns', async () => {
    const { signals, heard, note, send } = start();
    signals.connect(paid, note('mail'), { phase: 'afterCommit' });
    signals.connect(paid, note('next'));

    await send();

    expect(heard).toEqual(['mail', 'next']);
    expect(warn).not.toHaveBeenCalled();
  });

  it('a failure of phase afterCommit is reported and not thrown', async () => {
    const { signals, reported, heard, note, send } = start();
    const failure = new Error('no mail');
    signals.connect(paid, () => Promise.reject(failure), {
      phase: 'afterCommit',
      dispatchUid: 'mail',
    });
    signals.connect(paid, note('next'));

    await send();

    expect(heard).toEqual(['next']);
    expect(reported).toEqual([{ error: failure, what: "Receiver 'mail' of 'orders.paid' failed" }]);
  });

  it.each(['run', 'throw'] as const)('phase afterRollback never runs: %s', async (policy) => {
    const { signals, heard, note, send } = start({ outsideTransaction: policy });
    signals.connect(paid, note('undone'), { phase: 'afterRollback' });

    await send();

    expect(heard).toEqual([]);
  });

  it('phase afterCommit runs with a warning under the policy warn', async () => {
    const { signals, heard, note, send } = start({ outsideTransaction: 'warn' });
    signals.connect(paid, note('mail'), { phase: 'afterCommit', dispatchUid: 'mail' });

    await send();

    expect(heard).toEqual(['mail']);
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^Receiver 'mail' of 'orders\.paid' asked to run after a commit, but/,
        ),
        'SignalsWarning',
      ],
    ]);
  });

  it('phase afterCommit is an error of the sender under the policy throw, before anything ran', async () => {
    const { signals, heard, note, send } = start({ outsideTransaction: 'throw' });
    signals.connect(paid, note('before'));
    signals.connect(paid, note('mail'), { phase: 'afterCommit', dispatchUid: 'mail' });

    const failure = await failureOf(send());

    expect(failure).toBeInstanceOf(NoTransactionError);
    expect(String(failure)).toMatch(
      /no transaction is open here\. Open one around it, or allow it/,
    );
    expect(heard).toEqual([]);
  });

  it('phase afterCommit is no error under the policy throw where its condition does not hold', async () => {
    const { signals, heard, note, send } = start({ outsideTransaction: 'throw' });
    signals.connect(paid, note('before'));
    signals.connect(paid, note('mail'), {
      phase: 'afterCommit',
      dispatchUid: 'mail',
      when: () => false,
    });

    await send();

    expect(heard).toEqual(['before']);
  });

  it('context.onCommit follows the same policy', async () => {
    const run = start();
    const refuse = start({ outsideTransaction: 'throw' });
    const refusals: unknown[] = [];
    run.signals.connect(paid, (_, { onCommit }) => onCommit(() => void run.heard.push('callback')));
    refuse.signals.connect(paid, (_, { onCommit }) => {
      try {
        onCommit(() => void refuse.heard.push('callback'));
      } catch (error) {
        refusals.push(error);
      }
    });

    await run.send();
    await refuse.send();

    expect(run.heard).toEqual(['callback']);
    expect(refuse.heard).toEqual([]);
    expect(refusals).toEqual([expect.any(NoTransactionError)]);
  });
});
