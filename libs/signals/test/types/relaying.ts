import type { JetStreamClient } from '@nats-io/jetstream';
import type { Queue } from 'bullmq';
import { defineSignal, Signals } from 'nestjs-signals/core';
import type { RelayMessage } from 'nestjs-signals/integration';
import { bullmqRelay } from 'nestjs-signals/bullmq';
import { jetStreamRelay } from 'nestjs-signals/nats';
import { postSave } from 'nestjs-signals/typeorm';

interface Paid {
  readonly orderId: string;
}

const paid = defineSignal<Paid>('orders.paid');
const signals = new Signals();
const RELAYING = { phase: 'durable', effect: 'relay', dispatchUid: 'orders.relay' } as const;

export function queuesFit(
  queue: Queue,
  ofMessages: Queue<RelayMessage>,
  ofPaid: Queue<RelayMessage<Paid>>,
  ofOthers: Queue<{ readonly total: number }>,
): void {
  signals.connect(paid, bullmqRelay(queue), RELAYING);
  signals.connect(paid, bullmqRelay(ofMessages), RELAYING);
  signals.connect(paid, bullmqRelay(ofPaid), RELAYING);
  signals.connect(postSave, bullmqRelay(queue), RELAYING);
  signals.connect(paid, bullmqRelay(queue, { jobOptions: () => ({ priority: 1 }) }), RELAYING);
  // @ts-expect-error its jobs are no messages
  bullmqRelay(ofOthers);
  // @ts-expect-error the id of a job is that of its delivery
  bullmqRelay(queue, { jobOptions: () => ({ jobId: 'mine' }) });
}

export function subjectsFit(client: JetStreamClient): void {
  const subject = ({ payload }: RelayMessage<Paid>): string => `orders.${payload.orderId}`;
  signals.connect(paid, jetStreamRelay(client, { subject: 'orders.paid' }), RELAYING);
  signals.connect(paid, jetStreamRelay(client, { subject }), RELAYING);
  // @ts-expect-error the messages of another signal
  signals.connect(postSave, jetStreamRelay(client, { subject }), RELAYING);
  // @ts-expect-error no subject
  jetStreamRelay(client, {});
  // @ts-expect-error the id of a message is that of its delivery
  jetStreamRelay(client, { subject: 'orders.paid', publishOptions: () => ({ msgID: 'mine' }) });
}

export function relaysAreDurable(queue: Queue): void {
  // @ts-expect-error what runs in the transaction has no delivery
  signals.connect(paid, bullmqRelay(queue));
}
