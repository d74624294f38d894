import { defineSignal, Signals, type PayloadOf, type ReceiverResult } from 'nestjs-signals/core';
import type { Equal, Expect } from './expect-type.js';

class Order {
  readonly number: string;
}

interface Paid {
  readonly orderId: string;
  readonly total: number;
}

const paid = defineSignal<Paid>('orders.paid');
const signals = new Signals();
const payload: Paid = { orderId: '1', total: 1 };

export type PayloadIsThatOfTheSignal = Expect<Equal<PayloadOf<typeof paid>, Paid>>;

export async function sends(): Promise<readonly ReceiverResult[]> {
  await signals.send(paid, Order, payload);
  await signals.send(paid, 'nightly import', payload);
  await signals.send(paid, null, payload, { manager: {} });
  // @ts-expect-error a field is missing
  await signals.send(paid, Order, { orderId: '1' });
  // @ts-expect-error a field has the wrong type
  await signals.send(paid, Order, { orderId: 1, total: 1 });
  // @ts-expect-error a field that the signal does not have
  await signals.send(paid, Order, { orderId: '1', total: 1, currency: 'EUR' });
  // @ts-expect-error no payload
  await signals.sendRobust(paid, Order);
  // @ts-expect-error the sender is a class, not one of its instances
  await signals.send(paid, new Order(), payload);
  // @ts-expect-error the sender is no option: null says that there is none
  await signals.send(paid, undefined, payload);
  return signals.sendRobust(paid, Order, payload);
}

export function abstractAndPrivateClassesSend(): void {
  abstract class Report {}
  class Singleton {
    private constructor() {}
  }
  void signals.send(paid, Report, payload);
  void signals.send(paid, Singleton, payload);
}
