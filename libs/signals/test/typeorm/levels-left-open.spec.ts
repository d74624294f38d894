import { describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { adminOf } from 'nestjs-signals/core';
import {
  atomic,
  onCommit,
  onRollback,
  postDelete,
  postSave,
  preDelete,
  preSave,
} from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

const line = (text: string) => Object.assign(new LogLine(), { text });

describe('A level that a receiver begins by hand and leaves open', () => {
  const one = useDataSource([LogLine], { poolSize: 1 });
  const texts = async () =>
    (await one.dataSource.manager.find(LogLine, { order: { id: 'ASC' } })).map(({ text }) => text);

  const signals = { preSave, postSave, preDelete, postDelete };
  const ways: Readonly<Record<string, (manager: EntityManager) => Promise<unknown>>> = {
    'a save': (manager) => manager.save(line('saved')),
    'a save of several': (manager) => manager.save([line('saved'), line('saved')]),
    'a removal': async (manager) => {
      const [first] = await manager.find(LogLine);
      await manager.remove(first);
    },
  };
  const around: Readonly<
    Record<string, (work: (of: EntityManager) => Promise<unknown>) => unknown>
  > = {
    'by itself': (work) => work(one.dataSource.manager),
    'in atomic': (work) => atomic(one.dataSource, work),
    'on a runner': async (work) => {
      const runner = one.dataSource.createQueryRunner();
      try {
        await runner.startTransaction();
        await work(runner.manager);
        await runner.commitTransaction();
      } catch (error) {
        await runner.rollbackTransaction();
        throw error;
      } finally {
        await runner.release();
      }
    },
  };
  const all = Object.keys(signals).flatMap((signal) =>
    Object.keys(ways)
      .filter((way) => (way === 'a removal') === signal.endsWith('Delete'))
      .flatMap((way) => Object.keys(around).map((where) => [signal, way, where] as const)),
  );

  async function run(
    [signal, way, where]: (typeof all)[number],
    levels: number,
    fails: boolean,
  ): Promise<string> {
    await one.dataSource.manager.insert(LogLine, { text: 'before' });
    one.connect(
      signals[signal as 'postSave'],
      async (_, { manager }) => {
        onCommit(one.note('commit'));
        onRollback(one.note('rollback'));
        for (let level = 0; level < levels; level += 1) {
          await manager.queryRunner?.startTransaction();
          await manager.insert(LogLine, { text: 'of the receiver' });
        }
        if (fails) throw new Error('no');
      },
      { sender: LogLine, dispatchUid: 'leaves' },
    );
    try {
      await around[where]?.((manager) => ways[way]?.(manager) ?? Promise.resolve());
      return 'commit';
    } catch {
      return 'rollback';
    } finally {
      await new Promise(setImmediate);
    }
  }

  it.each(all)('is part of what is committed: %s of %s, %s', async (...way) => {
    expect(await run(way, 2, false)).toBe('commit');
    await one.dataSource.query('ROLLBACK');

    expect(new Set(one.ran)).toEqual(new Set(['commit']));
    expect(await texts()).toContain('of the receiver');
    expect(adminOf(one.signals).underWay()).toEqual([]);
  });

  it.each(all)('is undone with the rest when the receiver fails: %s of %s, %s', async (...way) => {
    expect(await run(way, 2, true)).toBe('rollback');
    await one.dataSource.query('COMMIT');

    expect(one.ran).toEqual(['rollback']);
    expect(await texts()).toEqual(['before']);
    expect(adminOf(one.signals).underWay()).toEqual([]);
  });

  it('is one of many that the receiver has ended: those are not ended twice', async () => {
    one.connect(
      postSave,
      async ({ instance }, { manager }) => {
        if (instance.text !== 'saved') return;
        const { queryRunner } = manager;
        await queryRunner?.startTransaction();
        await manager.insert(LogLine, { text: 'released' });
        await queryRunner?.commitTransaction();
        await queryRunner?.startTransaction();
        await manager.insert(LogLine, { text: 'undone' });
        await queryRunner?.rollbackTransaction();
        await manager.transaction((inner) => inner.save(line('nested')));
        await queryRunner?.startTransaction();
        await manager.save(line('left open'));
      },
      { sender: LogLine, dispatchUid: 'leaves' },
    );

    await one.dataSource.manager.save(line('saved'));
    await one.dataSource.query('ROLLBACK');

    expect(await texts()).toEqual(['saved', 'released', 'nested', 'left open']);
  });
});
