import { AsyncLocalStorage } from 'node:async_hooks';

const deliveries = new AsyncLocalStorage<string>();

/** Runs a receiver for a delivery, which then causes what is sent inside. */
export function duringDelivery<T>(deliveryId: string, work: () => T): T {
  return deliveries.run(deliveryId, work);
}

/** The delivery that the calling context works on. */
export function currentDelivery(): string | undefined {
  return deliveries.getStore();
}
