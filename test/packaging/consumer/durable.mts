import type { JetStreamClient } from '@nats-io/jetstream';
import type { Queue } from 'bullmq';
import { defineSignal, type RelayMessage, type Signals } from 'nestjs-signals';
import { bullmqRelay } from 'nestjs-signals/bullmq';
import { durableSignals } from 'nestjs-signals/durable';
import { SignalsModule } from 'nestjs-signals/nestjs';
import { jetStreamRelay } from 'nestjs-signals/nats';
import { postSave, typeOrmSignals } from 'nestjs-signals/typeorm';

interface OrderPaid {
  readonly orderId: string;
}

const orderPaid = defineSignal<OrderPaid>('orders.orderPaid');

export const module = SignalsModule.forRoot({ integrations: [typeOrmSignals(), durableSignals()] });

export function relay(signals: Signals, queue: Queue, client: JetStreamClient): void {
  const options = { phase: 'durable', effect: 'relay', dispatchUid: 'consumer.relay' } as const;
  signals.connect(orderPaid, bullmqRelay(queue), options);
  const subject = ({ payload }: RelayMessage<OrderPaid>): string => `orders.${payload.orderId}`;
  signals.connect(orderPaid, jetStreamRelay(client, { subject }), options);
  // @ts-expect-error: the messages of another signal.
  signals.connect(postSave, jetStreamRelay(client, { subject }), options);
}
