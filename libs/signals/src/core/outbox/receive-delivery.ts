import type { IncomingDelivery } from './outbox.js';
import type { DispatchRuntime } from '../dispatch/runtime.js';
import { Dispatch } from '../dispatch/dispatch.js';
import type { Registration } from '../registry/registration.js';
import { guardAgainstCycles } from '../dispatch/cycle-guard.js';
import type { AnySignal } from '../signal.js';

/** Hands a delivery to its receiver. A shutdown waits for it, and what it sends is caused by it. */
export function receiveDelivery(
  environment: DispatchRuntime,
  registration: Registration,
  incoming: IncomingDelivery,
  manager: unknown,
): Promise<unknown> {
  const signal = registration.signal as AnySignal;
  const sender = registration.sender ?? incoming.sender;
  const { payload } = incoming;
  const send = { signal, sender, payload, manager, robust: false, isChangeable: false };
  const delivery = new Dispatch(environment, send);
  const receive = environment.inFlight.tracked(
    () =>
      guardAgainstCycles(send, environment.deepest, () => delivery.receive(registration, incoming)),
    `Receiver '${incoming.dispatchUid}' of '${signal.name}'`,
  );
  return receive();
}
