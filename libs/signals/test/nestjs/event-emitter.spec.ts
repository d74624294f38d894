import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  defineSignal,
  Signals,
  Receiver,
  SignalsModule,
  type ReceiverContext,
} from 'nestjs-signals';
import { eventEmitterSignals } from 'nestjs-signals/event-emitter';
import { atomic, postSave, typeOrmSignals } from 'nestjs-signals/typeorm';
import { DataSource } from 'typeorm';
import { startDataSource, type SignalsOnDataSource } from '../support/data-source.js';
import { LogLine } from '../support/entities.js';

const paid = defineSignal<{ orderId: string }>('shop.paid');
const receipted = defineSignal<{ orderId: string }>('shop.receipted');

@Injectable()
class Billing {
  constructor(private readonly signals: Signals) {}

  @Receiver(paid, { dispatchUid: 'billing.receipt' })
  async receipt({ orderId }: { orderId: string }, { manager }: ReceiverContext): Promise<void> {
    await this.signals.send(receipted, { orderId }, { manager });
  }
}

@Injectable()
class Page {
  readonly told: string[] = [];

  @OnEvent('shop.*')
  tell({ orderId }: { orderId: string }): void {
    this.told.push(orderId);
  }

  @OnEvent('shop.paid')
  tellPaid(): void {
    this.told.push('paid');
  }

  @OnEvent('shop.receipted')
  tellReceipted(): void {
    this.told.push('receipted');
  }

  @OnEvent('model.*')
  tellModel(): void {
    this.told.push('model');
  }
}

describe('The bridge to the event emitter', () => {
  let database: SignalsOnDataSource;
  let application: TestingModule;

  beforeEach(async () => {
    database = await startDataSource([LogLine]);
    application = await Test.createTestingModule({
      imports: [
        EventEmitterModule.forRoot({ wildcard: true }),
        SignalsModule.forRoot({ integrations: [typeOrmSignals(), eventEmitterSignals()] }),
      ],
      providers: [Billing, Page, { provide: DataSource, useValue: database.dataSource }],
    }).compile();
    await application.init();
  });
  afterEach(async () => {
    await application.close();
    await database.close();
  });

  const pay = (orderId: string) => application.get(Signals).send(paid, { orderId });

  it('re-emits a domain signal after the commit, under its name', async () => {
    const { told } = application.get(Page);

    await atomic(database.dataSource, async () => {
      await pay('1');
      expect(told).toEqual([]);
    });

    expect(told.filter((text) => text === '1')).toHaveLength(2);
  });

  it('re-emits in the order in which things happened, causes before their effects', async () => {
    await atomic(database.dataSource, () => pay('1'));

    const { told } = application.get(Page);
    expect(told.filter((text) => text !== '1')).toEqual(['paid', 'receipted']);
  });

  it('re-emits nothing that rolled back', async () => {
    await atomic(database.dataSource, async () => {
      await pay('1');
      throw new Error('undo');
    }).catch(() => {});

    expect(application.get(Page).told).toEqual([]);
  });

  it('re-emits no model signals', async () => {
    application.get(Signals).connect(postSave, () => {}, { dispatchUid: 'any' });

    await database.dataSource.manager.save(Object.assign(new LogLine(), { text: 'a' }));

    expect(application.get(Page).told).toEqual([]);
  });
});
