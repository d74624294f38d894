import { EventEmitter2 } from '@nestjs/event-emitter';
import {
  hostOf,
  type IntegrationHost,
  type IntegrationSession,
  type SignalsIntegration,
} from '../integration/index.js';

/** A signal is re-emitted before those that its receivers send: what happened first is told first. */
const FIRST = Number.MIN_SAFE_INTEGER;

const RELAY = { dispatchUid: 'event-emitter.relay', phase: 'afterCommit', order: FIRST } as const;

/**
 * Re-emits every domain signal on the application's `EventEmitter2` under the signal's name, after
 * the commit of the transaction in which it was sent; never for what rolled back. For best-effort
 * listeners such as live updates: `@OnEvent('orders.orderPaid')`.
 *
 * ```ts
 * imports: [
 *   EventEmitterModule.forRoot({ wildcard: true }),
 *   SignalsModule.forRoot({ integrations: [eventEmitterSignals()] }),
 * ]
 * ```
 */
export function eventEmitterSignals(): SignalsIntegration {
  return {
    name: 'event-emitter',
    relay: RELAY,
    attach(host: IntegrationHost): IntegrationSession {
      const emitter = host.resolve(EventEmitter2) as EventEmitter2;
      return hostOf(host.signals).connectToAll(
        (payload, { signal }) => emitter.emitAsync(signal.name, payload),
        RELAY,
      );
    },
  };
}
