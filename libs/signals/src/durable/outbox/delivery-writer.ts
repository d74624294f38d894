import type { EntityManager } from 'typeorm';
import { ReceiverDeclarationError, type Signals } from '../../core/index.js';
import {
  storableText,
  type Outbox,
  type OutgoingDelivery,
  type OutgoingEvent,
  type Transaction,
} from '../../integration/index.js';
import { currentCause, deliveryChannel, type DeliveryTrace } from '../../diagnostics/index.js';
import { currentDelivery } from './current-delivery.js';
import { writeDeliveries, type DeliveryRow } from '../engine/delivery-rows.js';
import type { Engine } from '../engine/engine.js';
import { deliveryIdOf, newEventId } from './event-ids.js';
import type { WakeUps } from './wake-ups.js';
import { DEAD_LETTERS } from '../engine/queues.js';
import { storablePayload } from './storable-payload.js';
import { storedDelivery, type StoredDelivery } from './stored-delivery.js';

/** Writes deliveries as jobs of the engine, each in the queue of its receiver. */
export class DeliveryWriter implements Outbox {
  constructor(
    private readonly engine: Engine,
    private readonly hints: WakeUps,
    private readonly application: Signals,
  ) {}

  accept(event: OutgoingEvent, transaction: Transaction): OutgoingEvent {
    this.engine.demandTables();
    this.engine.within(transaction.manager as EntityManager);
    const deliveries = event.deliveries.map((delivery) => ({
      ...delivery,
      payload: storablePayload(delivery.payload, event.signal.name),
    }));
    return { ...event, deliveries };
  }

  async write(event: OutgoingEvent, transaction: Transaction): Promise<void> {
    const due = event.deliveries.filter(({ delay }) => delay <= 0);
    const queues = due.map(({ receiver }) => receiver.dispatchUid);
    // Before anything is written: it fails when a receiver has ended the transaction meanwhile.
    transaction.onCommit(() => this.hints.give(queues), { isHousekeeping: true });
    const causedBy = currentDelivery();
    const occurredAt = new Date().toISOString();
    const facts = { eventId: newEventId(), occurredAt, ...(causedBy && { causedBy }) };
    const rows = event.deliveries.map((delivery) => {
      const carrier = this.#carrierOf(delivery, facts.eventId, transaction);
      return rowOf(delivery, storedDelivery(event, delivery, { ...facts, carrier }));
    });
    const written = await writeDeliveries(this.engine, transaction.manager as EntityManager, rows);
    const missing = rows.find(({ receiver }) => !written.has(receiver));
    if (missing) throw connectedTooLate(missing);
  }

  async outstanding(): Promise<readonly string[]> {
    if (!this.engine.isStarted) return [];
    const rows = await this.engine.query<{ name: string; count: string }>(
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
    const entries = Object.entries(carrier).map(([key, text]) => [
      storableText(key),
      storableText(text),
    ]);
    return Object.fromEntries(entries) as Record<string, string>;
  }
}

function rowOf(
  { delay, orderingKey, priority, receiver }: OutgoingDelivery,
  data: StoredDelivery,
): DeliveryRow {
  const { dispatchUid } = receiver;
  const id = deliveryIdOf(data.eventId, dispatchUid);
  return { id, receiver: dispatchUid, data, priority, key: orderingKey, delay };
}

function connectedTooLate({ receiver }: DeliveryRow): ReceiverDeclarationError {
  return new ReceiverDeclarationError(
    `Durable receiver '${receiver}' has no queue for its deliveries: it was connected after durable ` +
      'signals had started. Connect durable receivers before that, and keep them connected.',
  );
}
