import {
  changed,
  created,
  defineSignal,
  Signals,
  updated,
  type ReceiverContext,
} from 'nestjs-signals/core';
import { hostOf, type ImmediatePhase } from 'nestjs-signals/integration';
import { postSave } from 'nestjs-signals/typeorm';

class Parcel {
  declare status: string;
  declare sentAt: Date | null;
  declare to: { readonly street: string };
  send(): void {}
}

class Order {
  readonly number: string;
}

interface Paid {
  readonly orderId: string;
  readonly total: number;
}

const paid = defineSignal<Paid>('orders.paid');
const signals = new Signals();

export function receiversFit(): void {
  signals.connect(paid, ({ total }) => total.toFixed());
  signals.connect(paid, async (event: Paid, context: ReceiverContext) => {
    context.onCommit(async () => event.orderId);
  });
  signals.connect(paid, (event: { readonly total: number }) => event);
  signals.connect(paid, () => {});
  // @ts-expect-error the payload has no such field
  signals.connect(paid, ({ currency }) => currency);
  // @ts-expect-error the parameter does not fit the signal
  signals.connect(paid, (event: { readonly total: string }) => event);
  // @ts-expect-error a receiver has a payload and a context, nothing more
  signals.connect(paid, (event: Paid, context: ReceiverContext, more: string) => more);
  // @ts-expect-error no function
  signals.connect(paid, 'print');
}

export function optionsFit(phase: ImmediatePhase): void {
  signals.connect(paid, () => {}, { sender: Order, dispatchUid: 'print', phase, order: 1 });
  signals.connect(paid, () => {}, { sender: 'nightly import', when: ({ total }) => total > 0 });
  // @ts-expect-error no such phase
  signals.connect(paid, () => {}, { phase: 'durably' });
  // @ts-expect-error no such option
  signals.connect(paid, () => {}, { sneder: Order });
  // @ts-expect-error an instance is no sender
  signals.connect(paid, () => {}, { sender: new Order() });
  // @ts-expect-error a sender that is undefined would hear everybody
  signals.connect(paid, () => {}, { sender: undefined });
  // @ts-expect-error a condition answers at once
  signals.connect(paid, () => {}, { when: async () => true });
  // @ts-expect-error a condition knows the payload
  signals.connect(paid, () => {}, { when: ({ currency }) => currency === 'EUR' });
}

export function conditionsFit(): void {
  const saved = defineSignal<{ created: boolean; changed: readonly string[] }>('saved');
  signals.connect(saved, () => {}, { when: created });
  signals.connect(saved, () => {}, { when: updated });
  signals.connect(saved, () => {}, { when: changed('status') });
  signals.connect(postSave, () => {}, { sender: Parcel, when: changed('status', 'to.street') });
  signals.connect(postSave, () => {}, { sender: Parcel, when: changed<Parcel>('to') });
  signals.connect(postSave, () => {}, { when: changed('whatever') });
  // @ts-expect-error the sender has no such column
  signals.connect(postSave, () => {}, { sender: Parcel, when: changed('stratus') });
  // @ts-expect-error the embedded object has no such column
  changed<Parcel>('to.steet');
  // @ts-expect-error a method is no column
  changed<Parcel>('send');
  // @ts-expect-error the payload does not tell whether something was created
  signals.connect(paid, () => {}, { when: created });
  // @ts-expect-error the payload does not tell whether something was updated
  signals.connect(paid, () => {}, { when: updated });
  // @ts-expect-error the payload does not tell what changed
  signals.connect(paid, () => {}, { when: changed('total') });
}

export function connectionsAreDisposable(): void {
  using _connection = signals.connect(paid, () => {});
  const removed: boolean = signals.disconnect(paid, 'print', Order);
  // @ts-expect-error all signals share no payload
  hostOf(signals).connectToAll(({ total }: Paid) => removed && total);
}

export function signalsAreNotInterchangeable(): void {
  const priced = defineSignal<{ readonly total: string }>('priced');
  // @ts-expect-error another payload
  const wrong: typeof paid = priced;
  // @ts-expect-error a signal is defined, not written down
  signals.connect({ name: 'orders.paid' }, () => wrong);
}
