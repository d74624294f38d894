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
  await signals.send(paid, payload);
  await signals.send(paid, payload, { sender: Order });
  await signals.send(paid, payload, { sender: 'nightly import' });
  await signals.send(paid, payload, { sender: null, manager: {} });
  // @ts-expect-error a field is missing
  await signals.send(paid, { orderId: '1' });
  // @ts-expect-error a field has the wrong type
  await signals.send(paid, { orderId: 1, total: 1 }, { sender: Order });
  // @ts-expect-error a field that the signal does not have
  await signals.send(paid, { orderId: '1', total: 1, currency: 'EUR' });
  // @ts-expect-error no payload
  await signals.sendRobust(paid);
  // @ts-expect-error nor is undefined one
  await signals.send(paid, undefined);
  // @ts-expect-error the sender is a class, not one of its instances
  await signals.send(paid, payload, { sender: new Order() });
  // @ts-expect-error a sender that is named is not undefined
  await signals.send(paid, payload, { sender: undefined });
  // @ts-expect-error the payload comes before the sender, which is an option
  await signals.send(paid, Order, payload);
  return signals.sendRobust(paid, payload, { sender: Order });
}

export function abstractAndPrivateClassesSend(): void {
  abstract class Report {}
  class Singleton {
    private constructor() {}
  }
  void signals.send(paid, payload, { sender: Report });
  void signals.send(paid, payload, { sender: Singleton });
}
