import type { JetStreamClient, JetStreamPublishOptions } from '@nats-io/jetstream';
import type { DurableReceiverFunction } from '../core/index.js';
import { relayTo, type RelayMessage } from '../integration/index.js';

export interface JetStreamRelayOptions<P = unknown> {
  /** Where to publish. A stream has to take it. */
  readonly subject: string | ((message: RelayMessage<P>) => string);
  /** Of the publication of a message, such as headers or how long to wait. Default: none. */
  readonly publishOptions?: (
    message: RelayMessage<P>,
  ) => Omit<Partial<JetStreamPublishOptions>, 'msgID'>;
}

/** Why a delivery failed whose subject no stream takes. */
export class NoStreamError extends Error {
  override readonly name = 'NoStreamError';

  constructor(subject: string, cause: unknown) {
    super(
      `No stream takes the subject '${subject}', or the server has no JetStream. ` +
        'Add a stream that lists it; the delivery is tried again.',
      { cause },
    );
  }
}

/**
 * Relays deliveries to NATS JetStream: a batch at once, without waiting for one acknowledgement before
 * the next message. A message is a {@link RelayMessage} as JSON, and its `Nats-Msg-Id` is the id of the
 * delivery: the stream drops a repetition within its `duplicate_window`, two minutes unless it says
 * otherwise.
 *
 * ```ts
 * signals.connect(orderPaid, jetStreamRelay(jetstream(connection), { subject: 'orders.paid' }), {
 *   phase: 'durable',
 *   effect: 'relay',
 *   dispatchUid: 'orders.relayPaid',
 * });
 * ```
 *
 * Let the connection have `maxReconnectAttempts: -1`, or it ends for good when the server stays away.
 */
export function jetStreamRelay<P = unknown>(
  client: Pick<JetStreamClient, 'publish'>,
  { subject, publishOptions }: JetStreamRelayOptions<P>,
): DurableReceiverFunction<P> {
  const subjectOf = typeof subject === 'string' ? () => subject : subject;

  return relayTo<P>((messages) =>
    messages.map(async (message) => {
      const to = subjectOf(message);
      const options = { ...publishOptions?.(message), msgID: message.id };
      try {
        await client.publish(to, JSON.stringify(message), options);
      } catch (error) {
        throw isUnheard(error) ? new NoStreamError(to, error) : error;
      }
    }),
  );
}

/** By its name, so that the client need not be loaded for its classes. */
function isUnheard(error: unknown): boolean {
  return error instanceof Error && error.name === 'JetStreamNotEnabled';
}
