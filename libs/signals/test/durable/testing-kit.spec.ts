import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import {
  defineSignal,
  ReceiverDeclarationError,
  Signals,
  SignalsModule,
  type SignalsModuleOptions,
} from 'nestjs-signals';
import { DurableReceiver, durableSignals } from 'nestjs-signals/durable';
import { captureOnCommit, NotSettledError, rolledBackTest, settled } from 'nestjs-signals/testing';
import { atomic, onCommit, typeOrmSignals } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { gate } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

@Injectable()
class Billing {
  readonly heard: string[] = [];

  @DurableReceiver(paid, { dispatchUid: 'billing.issue' })
  issue({ order }: { readonly order: string }): void {
    this.heard.push(order);
  }
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createDurableDatabase();
});
afterAll(() => database.drop());

describe('A Nest application with durable receivers', () => {
  const start = async (
    integrations: (dataSource: DataSource) => SignalsModuleOptions['integrations'],
  ) => {
    const dataSource = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [LogLine],
    }).initialize();
    const application = await Test.createTestingModule({
      imports: [SignalsModule.forRoot({ integrations: integrations(dataSource) ?? [] })],
      providers: [Billing, { provide: DataSource, useValue: dataSource }],
    }).compile();
    return { application, dataSource };
  };

  it('starts its workers last, and ends them first', async () => {
    const { application, dataSource } = await start((source) => [
      typeOrmSignals({ dataSources: { default: source } }),
      durableSignals(),
    ]);
    await application.init();
    const signals = application.get(Signals);

    await atomic(dataSource, () => signals.send(paid, { order: 'o-1' }));
    await settled(signals);
    await application.close();

    expect(application.get(Billing).heard).toEqual(['o-1']);
    await dataSource.destroy();
  });

  it('does not start without somebody who keeps deliveries', async () => {
    const { application, dataSource } = await start((source) => [
      typeOrmSignals({ dataSources: { default: source } }),
    ]);

    const started = application.init();

    await expect(started).rejects.toThrow(ReceiverDeclarationError);
    await expect(started).rejects.toThrow(/'billing\.issue'.* durableSignals\(\) is missing/);
    await dataSource.destroy();
  });
});

describe('The testing kit', () => {
  let running: DurableProcess;
  let attempts: number[];
  let work: (attempt: number) => Promise<unknown> | undefined;
  const pay = () => atomic(running.dataSource, () => running.signals.send(paid, { order: '1' }));

  beforeEach(async () => {
    attempts = [];
    work = () => undefined;
    running = await DurableProcess.start(database, {
      connect: (signals) => {
        signals.connect(
          paid,
          (_, { attempt }) => {
            attempts.push(attempt);
            return work(attempt);
          },
          { phase: 'durable', dispatchUid: 'billing.issue' },
        );
      },
    });
  });
  afterEach(async () => {
    await running.dataSource.query('DELETE FROM signals.job');
    await running.stop();
  });

  it('settles when deliveries are done, also those that are tried again', async () => {
    work = (attempt) => (attempt === 1 ? Promise.reject(new Error('not yet')) : undefined);

    await pay();
    await running.settled();

    expect(attempts).toEqual([1, 2]);
  });

  it('names the deliveries that it did not wait for any longer', async () => {
    const done = gate();
    work = () => done.opened;
    await pay();

    const waited = settled(running.signals, { timeout: 500 });

    await expect(waited).rejects.toThrow(NotSettledError);
    await expect(waited).rejects.toThrow("1 deliveries to 'billing.issue'");
    done.open();
    await running.settled();
  });

  it('captures callbacks of the application, not the hints of durable sends', async () => {
    const captured = await captureOnCommit(() =>
      atomic(running.dataSource, async () => {
        onCommit(() => {}, { dedupeKey: 'mine' });
        await running.signals.send(paid, { order: '1' });
      }),
    );
    await running.settled();

    expect(captured.map(({ dedupeKey }) => dedupeKey)).toEqual(['mine']);
    expect(attempts).toEqual([1]);
  });

  it('rolls deliveries back with the test that sends them', async () => {
    await using sender = await DurableProcess.start(database, {
      workers: false,
      connect: (signals) => {
        signals.connect(paid, () => {}, { phase: 'durable', dispatchUid: 'billing.issue' });
      },
    });

    const inside = await rolledBackTest(sender.dataSource, async () => {
      await atomic(sender.dataSource, () => sender.signals.send(paid, { order: '1' }));
      return (await sender.jobs('billing.issue')).length;
    });
    await running.settled();

    expect(inside).toBe(1);
    expect(await running.jobs('billing.issue')).toEqual([]);
    expect(attempts).toEqual([]);
  });
});
