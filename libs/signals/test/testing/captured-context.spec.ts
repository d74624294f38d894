import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { atomic, onCommit } from 'nestjs-signals/typeorm';
import { captureOnCommit } from 'nestjs-signals/testing';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

describe('captureOnCommit that executes', () => {
  const one = useDataSource([LogLine]);
  const { ran } = one;

  it('runs each callback in the context in which it was registered, and what that leaves too', async () => {
    const tenants = new AsyncLocalStorage<string>();
    const noteTenant = () => void ran.push(tenants.getStore() ?? 'none');

    await tenants.run('test', () =>
      captureOnCommit(
        () =>
          atomic(one.dataSource, async () => {
            for (const tenant of ['a', 'b']) {
              tenants.run(tenant, () => {
                onCommit(async () => {
                  noteTenant();
                  await atomic(one.dataSource, async () => onCommit(noteTenant));
                });
              });
            }
          }),
        { execute: true },
      ),
    );

    expect(ran).toEqual(['a', 'a', 'b', 'b']);
  });
});
