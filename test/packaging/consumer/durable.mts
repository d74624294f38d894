import type { JetStreamClient } from '@nats-io/jetstream';
import type { Queue } from 'bullmq';
import { defineSignal, SignalsModule, type Signals } from 'nestjs-signals';
import type { RelayMessage } from 'nestjs-signals/integration';
import { bullmqRelay } from 'nestjs-signals/bullmq';
import { durableSignals } from 'nestjs-signals/durable';
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
