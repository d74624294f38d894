import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { atomic, currentManager, onCommit } from 'nestjs-signals/typeorm';
import { captureOnCommit, type CapturedCallback } from 'nestjs-signals/testing';
import { startDataSource, type SignalsOnDataSource } from '../support/data-source.js';
import { LogLine } from '../support/entities.js';

describe('captureOnCommit inside a transaction of the test', () => {
  let one: SignalsOnDataSource;
  let ran: string[];
  const note = (text: string) => () => void ran.push(text);
  const register = (...names: string[]) =>
    atomic(one.dataSource, async () => {
      for (const name of names) onCommit(note(name));
    });

  beforeAll(async () => {
    one = await startDataSource([LogLine], { poolSize: 2 });
  });
  afterAll(() => one.close());
  beforeEach(() => {
    ran = [];
  });

  it('captures what the work leaves in it, and the commit does not run it again', async () => {
    await atomic(one.dataSource, async () => {
      onCommit(note('before'));
      const captured = await captureOnCommit(() => register('1', '2'), { execute: true });
      onCommit(note('after'));

      expect(captured).toHaveLength(2);
      expect(ran).toEqual(['1', '2']);
    });

    expect(ran).toEqual(['1', '2', 'before', 'after']);
  });

  it('keeps an earlier savepoint intact', async () => {
    await atomic(one.dataSource, async (manager) => {
      onCommit(note('outer'));
      await manager.query('SAVEPOINT mine');
      await captureOnCommit(() => register('1'));
      onCommit(note('undone'));
      await manager.query('ROLLBACK TO mine');
      onCommit(note('after'));
    });

    expect(ran).toEqual(['outer', 'after']);
  });

  it('executes in it, in the order of production: 1, 11, 2, 12', async () => {
    await atomic(one.dataSource, async (manager) => {
      await manager.insert(LogLine, { text: 'not committed' });
      await captureOnCommit(
        () =>
          atomic(one.dataSource, async () => {
            for (const number of ['1', '2']) {
              onCommit(async () => {
                const seen = await currentManager(one.dataSource).count(LogLine);
                ran.push(`${number} sees ${seen}`);
                await register(`1${number}`);
              });
            }
          }),
        { execute: true },
      );
      throw new Error('never committed');
    }).catch(() => {});

    expect(ran).toEqual(['1 sees 1', '11', '2 sees 1', '12']);
  });

  it('consumes what it captured also when the work fails', async () => {
    await atomic(one.dataSource, async () => {
      await captureOnCommit(() => {
        onCommit(note('captured'));
        throw new Error('no');
      }).catch(() => {});
    });

    expect(ran).toEqual([]);
  });
});

describe('captureOnCommit around work that fails', () => {
  let one: SignalsOnDataSource;

  beforeAll(async () => {
    one = await startDataSource([LogLine]);
  });
  afterAll(() => one.close());

  it('hands over what was captured although the work fails', async () => {
    const captured: CapturedCallback[] = [];
    const failure = new Error('the reason');
    const capturing = captureOnCommit(
      async () => {
        await atomic(one.dataSource, async () => onCommit(() => {}, { dedupeKey: 'committed' }));
        await atomic(one.dataSource, async () => {
          onCommit(() => {}, { dedupeKey: 'rolled back' });
          throw failure;
        });
      },
      { into: captured, execute: true },
    );

    await expect(capturing).rejects.toBe(failure);
    expect(captured).toMatchObject([{ dedupeKey: 'committed', outcome: undefined }]);
  });

  it('hands over what waits in a transaction of the test, too', async () => {
    const captured: CapturedCallback[] = [];
    await atomic(one.dataSource, async () => {
      const capturing = captureOnCommit(
        async () => {
          onCommit(() => {}, { dedupeKey: 'waits' });
          throw new Error('the reason');
        },
        { into: captured },
      );
      await expect(capturing).rejects.toThrow('the reason');
    });

    expect(captured.map(({ dedupeKey }) => dedupeKey)).toEqual(['waits']);
  });
});
