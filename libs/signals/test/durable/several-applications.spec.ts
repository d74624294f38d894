import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Global, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { defineSignal, Signals, SignalsModule } from 'nestjs-signals';
import {
  DurableReceiver,
  DurableNotStartedError,
  durableSignals,
  SeveralApplicationsError,
} from 'nestjs-signals/durable';
import { atomic, typeOrmSignals } from 'nestjs-signals/typeorm';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

describe('Applications that share durableSignals()', () => {
  let databases: TestDatabase[];
  let urls: string[];
  let billed: string[];
  let reported: string[];

  beforeEach(async () => {
    databases = [await createDatabase(), await createDatabase()];
    urls = databases.map(({ url }) => url);
    billed = [];
    reported = [];
  });
  afterEach(async () => {
    for (const database of databases) await database.drop();
  });

  /** An application module as it stands in a file: evaluated once, for however many applications. */
  const appModule = () => {
    const durable = durableSignals({ pollInterval: 500 });

    @Injectable()
    class Billing {
      @DurableReceiver(paid, { dispatchUid: 'billing.bill' })
      bill({ order }: { order: string }): void {
        billed.push(order);
      }
    }

    /** Destroys its data source as TypeOrmModule does. */
    @Global()
    @Module({
      providers: [
        {
          provide: DataSource,
          useFactory: () =>
            new DataSource({
              type: 'postgres',
              url: urls.shift() ?? '',
              poolSize: 12,
            }).initialize(),
        },
      ],
      exports: [DataSource],
    })
    class DatabaseModule implements OnApplicationShutdown {
      constructor(private readonly dataSource: DataSource) {}

      onApplicationShutdown(): Promise<void> {
        return this.dataSource.destroy();
      }
    }

    @Module({
      imports: [
        DatabaseModule,
        SignalsModule.forRoot({
          onError: (error, what) => void reported.push(`${what}: ${String(error)}`),
          integrations: [typeOrmSignals(), durable],
        }),
      ],
      providers: [Billing],
    })
    class AppModule {}

    const start = async () => {
      const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
      const application = await module.init();
      const signals = application.get(Signals);
      return {
        signals,
        close: () => application.close(),
        pay: async (order: string) => {
          const source = application.get(DataSource);
          await atomic(source, () => signals.send(paid, { order }));
          await until(() => billed.includes(order), `${order} is billed`);
        },
      };
    };
    return { durable, start };
  };

  it.each([
    ['first', 'second'],
    ['second', 'first'],
  ] as const)(
    'work each by itself, when the %s closes before the %s too',
    async (former, latter) => {
      const { start } = appModule();
      const applications = { first: await start(), second: await start() };
      await applications.first.pay('one');
      await applications.second.pay('two');

      await applications[former].close();
      await applications[latter].pay('three');
      await applications[latter].close();

      expect(billed).toEqual(['one', 'two', 'three']);
      expect(reported).toEqual([]);
    },
  );

  it('have to be named when one of several is asked', async () => {
    const { durable, start } = appModule();
    expect(durable.health().isStarted).toBe(false);
    const first = await start();
    expect(durable.health().isStarted).toBe(true);
    const second = await start();

    await expect(durable.counts()).rejects.toThrow(SeveralApplicationsError);
    expect(() => durable.deadLetters).toThrow(SeveralApplicationsError);
    expect(() => durable.health()).toThrow(
      'This durableSignals() serves 2 applications, so it is not known which one is asked. Ask ' +
        'about one: durable.of(app.get(Signals)).',
    );
    await durable.of(first.signals).pause('billing.bill');
    expect(durable.of(first.signals).isRunning('billing.bill')).toBe(false);
    expect(durable.of(second.signals).isRunning('billing.bill')).toBe(true);
    expect(await durable.of(second.signals).paused()).toEqual(new Set());

    await first.close();
    expect(() => durable.of(first.signals)).toThrow(DurableNotStartedError);
    expect(durable.isRunning('billing.bill')).toBe(true);
    await second.pay('one');
    await second.close();
    expect(() => durable.deadLetters).toThrow(DurableNotStartedError);
  });
});
