import type { ComponentChildren } from 'preact';

export type LampState = 'ok' | 'pending' | 'skipped' | 'failed-aborted';

/** A state as a lamp and a word. */
export function Lamp({ state, children }: { state: LampState; children: ComponentChildren }) {
  return <span class={`lamp ${state}`}>{children}</span>;
}

export function OrderLamp({ status }: { status: 'pending' | 'paid' | 'cancelled' }) {
  if (status === 'cancelled') return <Lamp state="skipped">Cancelled</Lamp>;
  return status === 'paid' ? <Lamp state="ok">Paid</Lamp> : <Lamp state="pending">To pay</Lamp>;
}
