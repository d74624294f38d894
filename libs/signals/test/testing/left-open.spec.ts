import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { QueryRunner } from 'typeorm';
import { atomic, onCommit, onRollback, postSave } from 'nestjs-signals/typeorm';
import { rolledBackTest, settled, UnendedTransactionError } from 'nestjs-signals/testing';
import { startDataSource, type SignalsOnDataSource } from '../support/data-source.js';
import { LogLine } from '../support/entities.js';
import { adminOf } from 'nestjs-signals/core';

describe('What a rolledBackTest leaves open', () => {
  let one: SignalsOnDataSource;

  beforeAll(async () => {
    one = await startDataSource([LogLine], { poolSize: 1 });
  });
  afterAll(() => one.close());

  it('ends with it, so that nothing waits for it', async () => {
    const ran: string[] = [];
    const runners = [one.dataSource.createQueryRunner(), one.dataSource.createQueryRunner()];
    const [begun, raw] = runners as [QueryRunner, QueryRunner];
    const test = rolledBackTest(one.dataSource, async () => {
      await begun.startTransaction();
      await begun.startTransaction();
      onRollback(() => void ran.push('began'), { manager: begun });
      onCommit(() => void ran.push('never'), { manager: begun });
    });
    await expect(test).rejects.toThrow(UnendedTransactionError);
    const other = rolledBackTest(one.dataSource, () => raw.query('BEGIN'));
    await expect(other).rejects.toThrow(UnendedTransactionError);

    expect(ran).toEqual(['began']);
    expect(runners.map(({ isReleased }) => isReleased)).toEqual([true, true]);
    expect(adminOf(one.signals).underWay()).toEqual([]);
    await settled(one.signals);
  });

  it.each([
    ['atomic', (work: () => Promise<void>) => atomic(one.dataSource, work)],
    ['dataSource.transaction', (work: () => Promise<void>) => one.dataSource.transaction(work)],
    [
      'save',
      (work: () => Promise<void>) => {
        one.signals.connect(postSave, work, { dispatchUid: 'waits', sender: LogLine });
        return one.dataSource.manager.save(Object.assign(new LogLine(), { text: 'x' }));
      },
    ],
  ])('is named by the line that began it, which nobody awaited: %s', async (_, begin) => {
    let isUnderWay = (): void => {};
    const underWay = new Promise<void>((resolve) => (isUnderWay = resolve));
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    let left: Promise<unknown> = Promise.resolve();
    const test = rolledBackTest(one.dataSource, async () => {
      left = begin(async () => {
        isUnderWay();
        await ended;
      });
      await underWay;
    });

    await expect(test).rejects.toThrow(/begun at libs\/\S+\/left-open\.spec\.ts:\d+/);
    end();
    await Promise.allSettled([left]);
    one.signals.disconnect(postSave, 'waits', LogLine);
  });

  it('is named in a warning, when the test failed for a reason of its own', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const failure = new Error('the reason');
    const test = rolledBackTest(one.dataSource, async () => {
      await one.dataSource.createQueryRunner().startTransaction();
      throw failure;
    });

    await expect(test).rejects.toBe(failure);
    const warnings: readonly (readonly unknown[])[] = [...warn.mock.calls];
    warn.mockRestore();
    expect(warnings).toEqual([
      [expect.stringMatching(/left-open\.spec\.ts:\d+/), 'UnendedTransactionError'],
    ]);
    expect(adminOf(one.signals).underWay()).toEqual([]);
  });
});
