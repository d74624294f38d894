import { Injectable } from '@nestjs/common';
import {
  created,
  defineSignal,
  Signals,
  Receiver,
  SignalsModule,
  Transactional,
  type PayloadOf,
  type ReceiverContext,
  type Signal,
} from 'nestjs-signals';
import { eventEmitterSignals } from 'nestjs-signals/event-emitter';
import { captureOnCommit, spyOn } from 'nestjs-signals/testing';
import { atomic, onCommit, postSave, typeOrmSignals, type PostSave } from 'nestjs-signals/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

interface OrderPaid {
  readonly orderId: string;
}

class User {
  id = '';
  email = '';
}

export const orderPaid: Signal<OrderPaid> = defineSignal<OrderPaid>('orders.orderPaid');
export const payload: PayloadOf<typeof postSave, User>['instance'] = new User();

@Injectable()
export class Receivers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly signals: Signals,
  ) {}

  @Receiver(postSave, { sender: User, when: created, dispatchUid: 'consumer.welcome' })
  async welcome({ instance }: PostSave<User>, { manager }: ReceiverContext): Promise<void> {
    const handle: EntityManager = manager;
    await handle.query('select $1', [instance.email.trim()]);
  }

  @Receiver(orderPaid, { phase: 'afterCommit' })
  announce({ orderId }: OrderPaid): string {
    return orderId;
  }

  // @ts-expect-error: the payload is an OrderPaid.
  @Receiver(orderPaid)
  misread(_amount: number): void {}

  @Transactional({ isolation: 'SERIALIZABLE' })
  async pay(orderId: string): Promise<void> {
    onCommit(() => orderId, { dedupeKey: orderId });
    await this.signals.send(orderPaid, { orderId });
    // @ts-expect-error: the payload has no such property.
    await this.signals.send(orderPaid, { amount: 1 });
    await atomic(this.dataSource, (manager) => manager.save(new User()));
  }
}

export const module = SignalsModule.forRoot({
  strict: true,
  integrations: [typeOrmSignals(), eventEmitterSignals()],
});

export async function observe(signals: Signals, receivers: Receivers): Promise<string[]> {
  using _connected = signals.connect(postSave, ({ changed }) => changed.at(0), { sender: User });
  using spy = spyOn(signals, orderPaid);
  await captureOnCommit(() => receivers.pay('1'));
  return spy.sends.map((send) => send.payload.orderId);
}
