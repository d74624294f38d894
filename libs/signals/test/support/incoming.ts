import type { AnySignal } from 'nestjs-signals/core';
import type { IncomingDelivery } from 'nestjs-signals/integration';

/** A delivery as a worker takes it, to the relay of the tests. */
export function incomingDelivery(
  { name: signal }: AnySignal,
  payload: unknown,
  more: Partial<IncomingDelivery> = {},
): IncomingDelivery {
  return {
    signal,
    sentTo: 'any sender',
    dispatchUid: RELAYING.dispatchUid,
    sender: 'Shop',
    payload,
    deliveryId: 'c5a1b7de-3f0e-5b0b-8f0d-0a6f4f2f9f11',
    eventId: '019b7600-0000-7000-8000-000000000001',
    causedBy: undefined,
    occurredAt: new Date('2026-01-02T03:04:05.678Z'),
    carrier: { traceparent: '00-1-2-01' },
    attempt: 1,
    abortSignal: new AbortController().signal,
    ...more,
  };
}

export const RELAYING = {
  phase: 'durable',
  effect: 'relay',
  dispatchUid: 'orders.relayPaid',
} as const;
