import { randomUUID } from 'node:crypto';
import type { Job } from 'pg-boss';
import type { Signals } from '../../core/index.js';
import {
  hostOf,
  report,
  UnknownReceiverError,
  type IncomingDelivery,
  type IntegrationHost,
} from '../../integration/index.js';
import { entryChannel, traced, type EntryTrace } from '../../diagnostics/index.js';
import { duringDelivery } from '../outbox/current-delivery.js';
import type { Engine } from '../engine/engine.js';
import { deliveryIdOf } from '../outbox/event-ids.js';
import { NonRetryableError } from '../non-retryable.error.js';
import { isA } from './recorded-failure.js';
import { UnreadableDeliveryError, type StoredDelivery } from '../outbox/stored-delivery.js';

type RunStatement = (text: string, values: unknown[]) => unknown;

/** Deliveries that a worker has claimed, on their way to the receivers. */
export class Attempts {
  constructor(
    private readonly engine: Engine,
    private readonly host: IntegrationHost,
    /** Undefined for a receiver that this process no longer serves. */
    private readonly retriesOf: (dispatchUid: string) => number | undefined,
  ) {}

  /**
   * Hands one delivery to its receiver.
   *
   * @param manager see {@link SignalsHost.receive}.
   */
  receive(job: Job, stored: StoredDelivery, manager: unknown): Promise<unknown> {
    const { signals } = this.host;
    const delivery = incoming(job, stored);
    const receive = (): Promise<unknown> =>
      duringDelivery(delivery.deliveryId, () => hostOf(signals).receive(delivery, manager));
    if (!entryChannel.hasSubscribers) return receive();
    return traced(entryChannel, entryOf(signals, delivery, stored, job), receive);
  }

  /**
   * Tells of an attempt that failed, and changes how often the delivery is still tried: not at all where
   * the failure says that it is of no use, and once more where its receiver is not to be found, so that
   * it waits for a build that has it.
   *
   * @param run where the statement is to run, when not at once on a connection of its own.
   */
  async failed(
    { name, id, retryCount }: Job,
    error: unknown,
    run: RunStatement = (text, values) => this.engine.database.executeSql(text, values),
  ): Promise<void> {
    const isHopeless = isA(error, NonRetryableError) || isA(error, UnreadableDeliveryError);
    const isKept = isA(error, UnknownReceiverError);
    const retries = this.retriesOf(name);
    const isLast = isHopeless || (retryCount === retries && !isKept);
    const attempt = retries === undefined ? retryCount + 1 : `${retryCount + 1} of ${retries + 1}`;
    report(
      this.host.onError,
      error,
      isKept
        ? `A delivery to durable receiver '${name}' is kept, and tried again in minutes`
        : `Durable receiver '${name}' failed ${isLast ? 'for good ' : ''}at attempt ${attempt}`,
    );
    if (!isHopeless && !isKept) return;
    await run(
      `UPDATE "${this.engine.schema}".job
       SET retry_limit = ${isKept ? 'greatest(retry_limit, retry_count + 1)' : 'retry_count'}
       WHERE name = $1 AND id = $2 AND retry_count = $3 AND state = 'active'`,
      [name, id, retryCount],
    );
  }
}

function incoming({ retryCount, signal }: Job, stored: StoredDelivery): IncomingDelivery {
  return {
    signal: stored.signal,
    sentTo: stored.sentTo,
    namesake: stored.namesake,
    dispatchUid: stored.receiver,
    sender: stored.sender,
    payload: stored.payload,
    deliveryId: deliveryIdOf(stored.eventId, stored.receiver),
    eventId: stored.eventId,
    causedBy: stored.causedBy,
    occurredAt: new Date(stored.occurredAt),
    carrier: stored.carrier,
    attempt: retryCount + 1,
    abortSignal: signal,
  };
}

function entryOf(
  application: Signals,
  { deliveryId, eventId, causedBy, attempt, dispatchUid, signal }: IncomingDelivery,
  { carrier, occurredAt }: StoredDelivery,
  origin: Job,
): EntryTrace {
  const facts = {
    receiver: dispatchUid,
    signal,
    deliveryId,
    eventId,
    causedBy,
    attempt,
    occurredAt,
    carrier,
  };
  return { kind: 'entry', application, entry: 'job', id: randomUUID(), facts, origin };
}
