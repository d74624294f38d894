import type { EntityManager } from 'typeorm';
import {
  created,
  Signals,
  type Manager,
  type PayloadOf,
  type ReceiverContext,
} from 'nestjs-signals/core';
import {
  postDelete,
  postSave,
  preSave,
  type PostDelete,
  type PostSave,
} from 'nestjs-signals/typeorm';
import type { Equal, Expect } from './expect-type.js';

class User {
  readonly email: string;
}

class Order {
  readonly number: string;
}

const signals = new Signals();

export type PayloadHoldsTheSender = Expect<Equal<PayloadOf<typeof postSave, User>, PostSave<User>>>;
export type ManagerIsThatOfTypeOrm = Expect<Equal<Manager, EntityManager>>;
export type ContextHasIt = Expect<Equal<ReceiverContext['manager'], EntityManager>>;

export function theSenderDecidesTheInstance(): void {
  signals.connect(postSave, ({ instance }) => instance.email, { sender: User });
  signals.connect(postDelete, ({ instance }) => instance.number, { sender: Order });
  signals.connect(postSave, (event: PostSave<User>) => event.previous.email, { sender: User });
  signals.connect(postSave, ({ instance }, { manager }) => manager.save(instance), {
    sender: User,
    when: ({ instance }) => instance.email !== '',
  });
  // @ts-expect-error a user has no number
  signals.connect(postSave, ({ instance }) => instance.number, { sender: User });
  // @ts-expect-error orders do not come from users
  signals.connect(postSave, (event: PostSave<Order>) => event, { sender: User });
  // @ts-expect-error a condition sees the sender's instance too
  signals.connect(postSave, () => {}, { sender: User, when: ({ instance }) => instance.number });
}

export function withoutSenderTheInstanceIsUnknown(): void {
  signals.connect(postSave, ({ instance }) => (instance instanceof User ? instance.email : ''));
  // @ts-expect-error it may be anything
  signals.connect(postSave, ({ instance }) => instance.email);
}

export function removalsCreateNothing(): void {
  signals.connect(preSave, () => {}, { sender: User, when: created });
  // @ts-expect-error a removal does not tell whether something was created
  signals.connect(postDelete, () => {}, { sender: User, when: created });
  // @ts-expect-error a removal has no former values
  signals.connect(postDelete, (event: PostDelete<User>) => event.previous, { sender: User });
}

export function sendsCarryTheSendersInstance(saved: PostSave<User>): void {
  void signals.send(postSave, saved, { sender: User });
  void signals.send(postSave, saved, { sender: 'User' });
  // @ts-expect-error not of this sender
  void signals.send(postSave, saved, { sender: Order });
}

export function durableReceiversOfModels(): void {
  const durable = { phase: 'durable', dispatchUid: 'audit', sender: Order } as const;
  signals.connect(postSave, ({ values, changed }) => [values.number?.toUpperCase(), changed], {
    ...durable,
    columns: ['number'],
    when: ({ instance }) => instance.number !== '',
  });
  signals.connect(postSave, (event, { idempotencyKey }) => [event.id, idempotencyKey], durable);
  // @ts-expect-error an order has no such column
  signals.connect(postSave, () => {}, { ...durable, columns: ['email'] });
  // @ts-expect-error a delivery carries no instance
  signals.connect(postSave, ({ instance }) => instance, durable);
  // @ts-expect-error the parameter does not fit
  signals.connect(postSave, (event: { readonly total: number }) => event, durable);
  // @ts-expect-error only durable receivers are told values
  signals.connect(postSave, ({ values }) => values, { sender: Order, dispatchUid: 'audit' });
}
