import { describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { defineSignal, Signals } from 'nestjs-signals/core';
import { NoDatabaseError, standInDataSource } from 'nestjs-signals/testing';
import {
  atomic,
  currentManager,
  NoDataSourceError,
  onCommit,
  onRollback,
  transactionsOf,
  typeOrmSignals,
} from 'nestjs-signals/typeorm';
import { Transactional } from 'nestjs-signals';

const paid = defineSignal<{ readonly order: number }>('test.standInPaid');

const hostOf = (dataSource: unknown) => ({
  signals: new Signals(),
  onError: () => {},
  resolve: () => dataSource,
});

class Orders {
  constructor(
    readonly dataSource: DataSource,
    private readonly signals: Signals,
    readonly transactions = transactionsOf(dataSource),
  ) {}

  pay(order: number): Promise<number> {
    return atomic(this.dataSource, async (manager) => {
      await manager.save({ order });
      await this.signals.send(paid, { order });
      return order;
    });
  }

  @Transactional()
  async payBack(order: number): Promise<number> {
    await currentManager(this.dataSource).save({ order });
    await this.signals.send(paid, { order });
    return order;
  }
}

describe('A stand-in for a data source', () => {
  it.each(['pay', 'payBack'] as const)(
    'lets a service be tested without a database: %s',
    async (method) => {
      const save = jest.fn(async (entity: object) => entity);
      const signals = new Signals();
      const log: string[] = [];
      signals.connect(paid, () => void log.push('in the transaction'));
      signals.connect(paid, () => void log.push('after the commit'), { phase: 'afterCommit' });
      save.mockImplementation(async (entity) => {
        onCommit(() => void log.push('callback'));
        return entity;
      });

      expect(await new Orders(standInDataSource({ save }, { signals }), signals)[method](1)).toBe(
        1,
      );

      expect(save).toHaveBeenCalledWith({ order: 1 });
      expect(log).toEqual(['in the transaction', 'callback', 'after the commit']);
    },
  );

  it('connects to nothing when it is initialized, and may be destroyed', async () => {
    const dataSource = standInDataSource();

    expect(await dataSource.initialize()).toBe(dataSource);
    await dataSource.destroy();
    expect(dataSource.isInitialized).toBe(false);
  });

  it.each<[string, unknown]>([
    ['a mock', { manager: {}, transaction: async (work: () => unknown) => work() }],
    ['a manager', new DataSource({ type: 'postgres' }).manager],
    ['nothing', undefined],
  ])('is named where something else stands in for a data source: %s', async (_, given) => {
    const work = jest.fn(async () => {});
    const expected = {
      name: 'NoDataSourceError',
      message: expect.stringContaining('standInDataSource() of nestjs-signals/testing'),
    };

    await expect(atomic(given as DataSource, work)).rejects.toMatchObject(expected);
    expect(() => typeOrmSignals({ dataSources: { default: 'it' } }).attach(hostOf(given))).toThrow(
      NoDataSourceError,
    );
    expect(work).not.toHaveBeenCalled();
  });

  it('rolls back what throws, and an inner level alone', async () => {
    const dataSource = standInDataSource();
    const log: string[] = [];
    const noting = (text: string): void => {
      onCommit(() => void log.push(`${text} committed`));
      onRollback(() => void log.push(`${text} rolled back`));
    };

    await atomic(dataSource, async () => {
      noting('outer');
      await atomic(dataSource, async () => {
        noting('inner');
        throw new Error('inner');
      }).catch(() => {});
    });
    await dataSource
      .transaction(async () => {
        noting('other');
        throw new Error('other');
      })
      .catch(() => {});
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction('SERIALIZABLE');
    onCommit(() => void log.push('runner committed'), { manager: runner });
    await runner.commitTransaction();
    await runner.release();

    expect(log.toSorted()).toEqual([
      'inner rolled back',
      'other rolled back',
      'outer committed',
      'runner committed',
    ]);
  });

  it('has the methods that it was given in every manager, and says which one is missing', async () => {
    const count = jest.fn(async () => 7);
    const dataSource = standInDataSource({ count });

    await atomic(dataSource, async (manager) => {
      for (const each of [manager, currentManager(dataSource), dataSource.manager]) {
        expect(await each.count(Orders)).toBe(7);
      }
    });

    expect(() => dataSource.manager.find('orders')).toThrow(NoDatabaseError);
    await expect(
      atomic(dataSource, async (manager) => manager.update('orders', 1, {})),
    ).rejects.toThrow('Hand the method over: standInDataSource({ update: … })');
    const asking = dataSource.query('SELECT 42');
    await expect(asking).rejects.toThrow(/no database behind this data source.*SELECT 42/);
  });

  it('is apart from every other one', async () => {
    const log: string[] = [];
    const [one, two] = [standInDataSource(), standInDataSource()];

    await atomic(one, async () => {
      onCommit(() => void log.push('one'));
      await atomic(two, async () => onCommit(() => void log.push('two')));
      log.push('two has ended');
    });

    expect(log).toEqual(['two', 'two has ended', 'one']);
  });
});
