import type { ReceiverInfo } from '../receiver.js';
import type { AnySignal, Sender } from '../signal.js';
import type { Transaction } from '../transaction.js';

/** What one durable receiver is to be told, ready to be written down. */
export interface OutgoingDelivery {
  readonly receiver: ReceiverInfo;
  /** What the receiver will be given: JSON, once it has been checked. */
  readonly payload: unknown;
  /** Undefined for a receiver without order. */
  readonly orderingKey: string | undefined;
  /** Milliseconds after the commit. */
  readonly delay: number;
  readonly priority: number;
  /** Tells receivers of one id apart whose senders have one name; undefined for the first of them. */
  readonly namesake: number | undefined;
}

/** One send to durable receivers. */
export interface OutgoingEvent {
  readonly signal: AnySignal;
  readonly sender: Sender | null;
  readonly deliveries: readonly OutgoingDelivery[];
}

/** Writes deliveries down. An integration implements it. */
export interface Outbox {
  /**
   * Checks what is about to be written, before any receiver has run, and writes nothing.
   *
   * @returns what to write once they have: the event as it was at this moment.
   * @throws whatever would make the writing fail.
   */
  accept(event: OutgoingEvent, transaction: Transaction): OutgoingEvent;
  /**
   * Writes the deliveries of one send in this transaction, so that they share its fate.
   *
   * @throws whatever the database says; the transaction is of no use then.
   */
  write(event: OutgoingEvent, transaction: Transaction): Promise<void>;
  /** What has been committed and is not done, for those who wait for it. */
  outstanding(): Promise<readonly string[]>;
}

/** A delivery that a worker has taken, on its way to its receiver. */
export interface IncomingDelivery {
  readonly signal: string;
  /** The sender as {@link ReceiverInfo} names it, which tells receivers of one id apart. */
  readonly sentTo: string;
  /** See {@link OutgoingDelivery.namesake}. */
  readonly namesake?: number | undefined;
  readonly dispatchUid: string;
  /** Who sent it, by name; null when nobody was named. */
  readonly sender: string | null;
  readonly payload: unknown;
  readonly deliveryId: string;
  readonly eventId: string;
  /** The delivery whose receiver sent this event. */
  readonly causedBy: string | undefined;
  readonly occurredAt: Date;
  readonly carrier: Readonly<Record<string, string>>;
  /** 1 for the first. */
  readonly attempt: number;
  readonly abortSignal: AbortSignal;
}

/** What an incoming delivery works with. */
export interface IncomingScope {
  readonly manager: unknown;
  /** The transaction that completes the delivery; undefined when there is none. */
  readonly transaction: Transaction | undefined;
}

/**
 * Thrown when a signal with durable receivers is sent where its deliveries cannot be written: no
 * transaction is open, or nothing keeps deliveries. Nothing has happened then.
 */
export class DurableOutsideTransactionError extends Error {
  override readonly name = 'DurableOutsideTransactionError';

  constructor(signal: AnySignal, receivers: readonly string[], isKept = true) {
    super(
      `'${signal.name}' has durable receivers (${receivers.join(', ')}), whose deliveries are written ` +
        'in the transaction of the sender, but ' +
        (isKept
          ? 'no transaction is open here. Open one with atomic(dataSource, …), or name it: ' +
            'send(…, { manager }).'
          : 'nothing keeps deliveries here. Add durableSignals() to the integrations.'),
    );
  }
}

/** Thrown when a delivery is taken that fits no receiver of this process. It is kept, not dead. */
export class UnknownReceiverError extends Error {
  override readonly name = 'UnknownReceiverError';

  constructor({ signal, dispatchUid, sentTo }: IncomingDelivery, isAmbiguous = false) {
    super(
      isAmbiguous
        ? `Several durable receivers are called '${dispatchUid}', and none of them is the one of ` +
            `'${signal}' for ${sentTo} that the delivery was written for. Its signal or its sender was ` +
            'renamed: connect a receiver under the former names until these deliveries are done.'
        : `There is no durable receiver '${dispatchUid}' of '${signal}' for ${sentTo}. It was renamed ` +
            'or removed after the delivery was written, or this process runs another build.',
    );
  }
}
