import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import {
  defineSignal,
  Signals,
  Receiver,
  Transactional,
  type ReceiverContext,
} from 'nestjs-signals';
import { requestFinished, type RequestFinished } from 'nestjs-signals/nestjs';
import { atomic, currentManager, onCommit } from 'nestjs-signals/typeorm';
import { DataSource, Entity, PrimaryColumn } from 'typeorm';

export interface OrderPaid {
  readonly orderId: string;
}

export const orderPaid = defineSignal<OrderPaid>('orders.orderPaid');

@Entity('receipts')
export class Receipt {
  @PrimaryColumn({ type: 'text' })
  orderId!: string;
}

/** What was heard, in its order. */
@Injectable()
export class Journal {
  readonly entries: string[] = [];
}

@Injectable()
export class OrdersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly signals: Signals,
    private readonly journal: Journal,
  ) {}

  @Transactional()
  async pay(orderId: string): Promise<void> {
    onCommit(() => this.journal.entries.push('committed'));
    await this.signals.send(orderPaid, { orderId }, { sender: OrdersService });
    await this.#failInSavepoint().catch(() => this.journal.entries.push('savepoint undone'));
    if (orderId === 'refused') throw new Error('Refused.');
    this.journal.entries.push('paid');
  }

  #failInSavepoint(): Promise<never> {
    return atomic(this.dataSource, async (manager) => {
      onCommit(() => this.journal.entries.push('never'));
      await manager.insert(Receipt, { orderId: 'undone' });
      throw new Error('Undo this savepoint.');
    });
  }
}

@Injectable()
export class OrderReceivers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly journal: Journal,
  ) {}

  @Receiver(orderPaid, { dispatchUid: 'orders.issueReceipt' })
  async issue({ orderId }: OrderPaid, { manager }: ReceiverContext): Promise<void> {
    await manager.insert(Receipt, { orderId });
    const isSame = manager === currentManager(this.dataSource);
    this.journal.entries.push(isSame ? 'issued' : 'issued outside the transaction');
  }

  @Receiver(orderPaid, { dispatchUid: 'orders.mailReceipt', phase: 'afterCommit' })
  async mail({ orderId }: OrderPaid): Promise<void> {
    const receipt = await this.dataSource.getRepository(Receipt).findOneBy({ orderId });
    this.journal.entries.push(receipt ? 'mailed' : 'mailed too early');
  }

  @OnEvent('orders.orderPaid')
  hear({ orderId }: OrderPaid): void {
    this.journal.entries.push(`heard of ${orderId}`);
  }

  @Receiver(requestFinished, { dispatchUid: 'orders.countRequests' })
  count({ status }: RequestFinished): void {
    this.journal.entries.push(`answered ${status}`);
  }
}
