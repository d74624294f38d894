import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { defineSignal } from 'nestjs-signals/core';
import { atomic, onCommit, postBulk, postSave } from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

describe('An onCommit callback', () => {
  const tenant = new AsyncLocalStorage<string>();
  const one = useDataSource([LogLine], { poolSize: 1 });
  const { ran, note } = one;
  const tick = () => new Promise(setImmediate);
  const asTenant = () => void ran.push(String(tenant.getStore()));

  it('runs in the context in which it was registered, and so does a receiver after the commit', async () => {
    const sent = defineSignal<object>('context.sent');
    one.connect(sent, asTenant, { phase: 'afterCommit' });

    await atomic(one.dataSource, async () => {
      tenant.run('one', () => onCommit(asTenant));
      await tenant.run('two', () => one.signals.send(sent, {}));
      onCommit(asTenant);
    });

    expect(ran).toEqual(['one', 'two', 'undefined']);
  });

  it('is in no transaction, though it was registered in a save of one', async () => {
    one.connect(
      postSave,
      (_, { onCommit: later }) =>
        later(async () => {
          await atomic(one.dataSource, (manager) =>
            manager.update(LogLine, { text: 'a' }, { text: 'b' }),
          );
          onCommit(note('at once'));
        }),
      { sender: LogLine },
    );
    one.connect(postBulk, note('bulk'), { sender: LogLine });

    await one.dataSource.manager.save(Object.assign(new LogLine(), { text: 'a' }));

    expect(ran).toEqual(['bulk', 'at once']);
  });

  it('ends after what it registers in turn, and before the next one', async () => {
    const slowly = (text: string) => async () => {
      await tick();
      ran.push(text);
    };
    await atomic(one.dataSource, async () => {
      onCommit(() => {
        onCommit(async () => {
          await slowly('inner')();
          onCommit(slowly('innermost'));
        });
      });
      onCommit(note('next'));
    });

    expect(ran).toEqual(['inner', 'innermost', 'next']);
  });
});
