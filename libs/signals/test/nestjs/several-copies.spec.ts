import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import * as typeorm from 'typeorm';
import { SeveralCopiesError, Signals, Receiver } from 'nestjs-signals';
import { atomic, onCommit, onRollback, postSave, typeOrmSignals } from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';
import { start } from './support.js';

interface OtherCopy {
  readonly typeorm: {
    readonly atomic: typeof atomic;
    readonly onCommit: typeof onCommit;
    readonly onRollback: typeof onRollback;
    readonly postSave: typeof postSave;
  };
  readonly Receiver: typeof Receiver;
}

describe('Two copies of the package in one process', () => {
  const one = useDataSource([LogLine]);
  /** Followed by the copy of this file only. */
  const alone = useDataSource([LogLine]);
  let other: OtherCopy;

  beforeAll(async () => {
    jest.resetModules();
    jest.unstable_mockModule('typeorm', () => typeorm);
    other = {
      typeorm: await import('../../src/typeorm/index.js'),
      Receiver: (await import('../../src/nestjs/receiver.decorator.js')).Receiver,
    };
  });

  const source = () => ({ provide: typeorm.DataSource, useValue: one.dataSource });
  const integrations = () => [typeOrmSignals()];

  it('are two', () => {
    expect(other.typeorm.atomic).not.toBe(atomic);
    expect(other.Receiver).not.toBe(Receiver);
  });

  it.each<[string, () => unknown]>([
    ['a callback', () => other.typeorm.onCommit(alone.note('never'))],
    ['a callback of a rollback', () => other.typeorm.onRollback(alone.note('never'))],
    ['a level', () => other.typeorm.atomic(alone.dataSource, async () => alone.note('never')())],
  ])('refuse %s of the one in a transaction that only the other follows', async (_, cross) => {
    const crossing = atomic(alone.dataSource, async (manager) => {
      await manager.insert(LogLine, { text: 'undone' });
      await cross();
    });

    await expect(crossing).rejects.toMatchObject({
      name: 'SeveralCopiesError',
      message: expect.stringMatching(/^The open transaction belongs to another copy of nestjs-sig/),
    });
    expect(alone.ran).toEqual([]);
    expect(await alone.dataSource.manager.count(LogLine)).toBe(0);
  });

  it('work each by itself', async () => {
    await other.typeorm.atomic(one.dataSource, async () => {
      other.typeorm.onCommit(one.note('other'));
    });
    await atomic(one.dataSource, async () => onCommit(one.note('own')));
    other.typeorm.onCommit(one.note('outside'));

    expect(one.ran).toEqual(['other', 'own', 'outside']);
  });

  it('share the transactions of a data source that both follow', async () => {
    const application = await start({ providers: [source()] }, { integrations: integrations() });
    const signals = application.get(Signals);
    signals.connect(postSave, one.note('receiver'), { phase: 'afterCommit', dispatchUid: 'later' });

    await other.typeorm.atomic(one.dataSource, async (manager) => {
      await manager.save(LogLine, { text: 'kept' });
      onCommit(one.note('own'));
      await atomic(one.dataSource, async () => {
        other.typeorm.onCommit(one.note('undone'));
        throw new Error('undo');
      }).catch(() => {});
      one.ran.push('work');
    });

    expect(one.ran).toEqual(['work', 'receiver', 'own']);
    await application.close();
  });

  it('refuse to start with a receiver that was declared with the other', async () => {
    @Injectable()
    class Feature {
      @other.Receiver(postSave, { sender: LogLine, dispatchUid: 'feature.hear' })
      hear(): void {}
    }

    const starting = start({ providers: [source(), Feature] }, { integrations: integrations() });

    await expect(starting).rejects.toThrow(SeveralCopiesError);
    await expect(starting).rejects.toThrow(
      /^The receiver Feature\.hear belongs to another copy of nestjs-signals: .*src, and not .*src\./,
    );
  });

  it('refuse to start with a receiver that waits for a signal of the other', async () => {
    @Injectable()
    class Waiting {
      @Receiver(other.typeorm.postSave, { sender: LogLine, dispatchUid: 'waiting' })
      hear(): void {}
    }

    const starting = start({ providers: [source(), Waiting] }, { integrations: integrations() });

    await expect(starting).rejects.toThrow(SeveralCopiesError);
    await expect(starting).rejects.toThrow(/^The signal 'model\.postSave' that a receiver waits/);
  });
});
