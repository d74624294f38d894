import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { Signals } from 'nestjs-signals/core';
import { detached } from 'nestjs-signals/integration';
import { currentCause, causedBy, type EntryTrace } from 'nestjs-signals/diagnostics';

describe('Detached work', () => {
  const tenant = new AsyncLocalStorage<string>();
  const entry: EntryTrace = {
    kind: 'entry',
    application: new Signals(),
    entry: 'http',
    id: '1',
    facts: {},
    origin: undefined,
  };

  it('has no context of its caller, nor has what it starts', async () => {
    const seen = await tenant.run('caller', () =>
      causedBy(entry, () =>
        detached(async () => {
          await new Promise(setImmediate);
          return [tenant.getStore(), currentCause()];
        }),
      ),
    );

    expect(seen).toEqual([undefined, undefined]);
  });

  it('answers what the work answers, and leaves the context of the caller as it is', () => {
    tenant.run('caller', () => {
      expect(detached(() => 'answer')).toBe('answer');
      expect(() =>
        detached(() => {
          throw new Error('no');
        }),
      ).toThrow('no');
      expect(tenant.getStore()).toBe('caller');
    });
  });
});
