import type { IncomingDelivery } from '../outbox/outbox.js';
import type { DurableReceiverContext, ReceiverInfo } from '../receiver.js';
import { SendContext, type SendScope } from './receiver-context.js';

/** The context of a durable receiver in one attempt at a delivery. */
export class IncomingContext extends SendContext implements DurableReceiverContext {
  constructor(
    scope: SendScope,
    info: ReceiverInfo,
    private readonly incoming: IncomingDelivery,
  ) {
    super(scope, info, null);
  }

  get abortSignal(): AbortSignal {
    return this.incoming.abortSignal;
  }

  get attempt(): number {
    return this.incoming.attempt;
  }

  get deliveryId(): string {
    return this.incoming.deliveryId;
  }

  get eventId(): string {
    return this.incoming.eventId;
  }

  get causedBy(): string | undefined {
    return this.incoming.causedBy;
  }

  get idempotencyKey(): string {
    return this.incoming.deliveryId;
  }

  get occurredAt(): Date {
    return this.incoming.occurredAt;
  }

  get carrier(): Readonly<Record<string, string>> {
    return this.incoming.carrier;
  }
}
