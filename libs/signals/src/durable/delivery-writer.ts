import type { JobInsert } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import {
  currentCause,
  deliveryChannel,
  type DeliveryDesk,
  type DeliveryTrace,
  type OutgoingDelivery,
  type OutgoingEvent,
  type Signals,
  type Transaction,
} from '../index.js';
import type { Engine } from './engine.js';
import { deliveryIdOf, newEventId } from './event-ids.js';
import type { Hints } from './hints.js';
import { DEAD_LETTERS } from './queues.js';
import { storedDelivery, type StoredDelivery } from './stored-delivery.js';

/** Writes deliveries as jobs of the engine, each in the queue of its receiver. */
export class DeliveryWriter implements DeliveryDesk {
  constructor(
    private readonly engine: Engine,
    private readonly hints: Hints,
    private readonly application: Signals,
  ) {}

  async write(event: OutgoingEvent, transaction: Transaction): Promise<void> {
    const db = this.engine.within(transaction.manager as EntityManager);
    const facts = { eventId: newEventId(), occurredAt: new Date().toISOString() };
    for (const delivery of event.deliveries) {
      const carrier = this.#carrierOf(delivery, facts.eventId, transaction);
      const job = jobOf(delivery, storedDelivery(event, delivery, { ...facts, carrier }));
      await this.engine.boss.insert(delivery.receiver.dispatchUid, [job], { db });
    }
    const due = event.deliveries.filter(({ delay }) => delay <= 0);
    if (due.length === 0) return;
    const queues = due.map(({ receiver }) => receiver.dispatchUid);
    transaction.onCommit(() => this.hints.give(queues), { isHousekeeping: true });
  }

  async outstanding(): Promise<readonly string[]> {
    if (!this.engine.isStarted) return [];
    const rows = await this.engine.dataSource.query<{ name: string; count: string }[]>(
      `SELECT name, count(*) FROM "${this.engine.schema}".job
       WHERE state < 'completed' AND name NOT IN ($1) AND NOT starts_with(name, '__pgboss__')
         AND (state <> 'created' OR start_after <= now())
       GROUP BY name ORDER BY name`,
      [DEAD_LETTERS],
    );
    return rows.map(({ name, count }) => `${count} deliveries to '${name}'`);
  }

  /** What listeners want to be found again where the delivery is received. */
  #carrierOf(
    { receiver, delay }: OutgoingDelivery,
    eventId: string,
    { place }: Transaction,
  ): Readonly<Record<string, string>> {
    const carrier: Record<string, string> = {};
    if (!deliveryChannel.hasSubscribers) return carrier;
    const trace: DeliveryTrace = {
      application: this.application,
      receiver,
      deliveryId: deliveryIdOf(eventId, receiver.dispatchUid),
      eventId,
      delay,
      carrier,
      place,
      cause: currentCause(),
    };
    deliveryChannel.publish(trace);
    return carrier;
  }
}

function jobOf(
  { delay, key, priority, receiver }: OutgoingDelivery,
  data: StoredDelivery,
): JobInsert {
  return {
    id: deliveryIdOf(data.eventId, receiver.dispatchUid),
    data,
    priority,
    ...(delay > 0 && { startAfter: delay / 1_000 }),
    ...(key !== undefined && { singletonKey: key }),
  };
}
