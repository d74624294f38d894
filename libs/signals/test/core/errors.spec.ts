import { describe, expect, it } from '@jest/globals';
import {
  AlreadyAttachedError,
  defineSignal,
  DuplicateReceiverError,
  DurableOutsideTransactionError,
  InvalidReferenceError,
  InvalidSignalNameError,
  NoManagerError,
  NoTransactionError,
  ReceiverDeclarationError,
  SignalCycleError,
  Signals,
  SignalsClosedError,
  SignalsNotConnectedError,
  TransactionEndedError,
  adminOf,
} from 'nestjs-signals/core';
import { UnknownReceiverError, type IncomingDelivery } from 'nestjs-signals/integration';

const paid = defineSignal<object>('orders.paid');
const incoming = { signal: 'orders.paid', dispatchUid: 'issue', sentTo: 'Order' };

describe('An error', () => {
  it.each<[string, Error]>([
    ['AlreadyAttachedError', new AlreadyAttachedError()],
    ['DuplicateReceiverError', new DuplicateReceiverError()],
    ['DurableOutsideTransactionError', new DurableOutsideTransactionError(paid, ['issue'])],
    ['InvalidReferenceError', new InvalidReferenceError()],
    ['InvalidSignalNameError', new InvalidSignalNameError()],
    ['NoManagerError', new NoManagerError()],
    ['NoTransactionError', new NoTransactionError('It')],
    ['ReceiverDeclarationError', new ReceiverDeclarationError()],
    ['SignalCycleError', new SignalCycleError(['a'])],
    ['SignalsClosedError', new SignalsClosedError(paid)],
    ['SignalsNotConnectedError', new SignalsNotConnectedError(paid)],
    ['TransactionEndedError', new TransactionEndedError()],
    ['UnknownReceiverError', new UnknownReceiverError(incoming as IncomingDelivery)],
  ])('has the name of its class, by which a log tells it: %s', (name, error) => {
    expect(String(error)).toMatch(new RegExp(`^${name}`));
  });

  it('says what to do about sends without end', () => {
    expect(new SignalCycleError(['a', 'b', 'a']).message).toBe(
      'Signals send each other without end: a → b → a. If that has no end, give a receiver of this ' +
        'cycle a condition (when), or write with update() where it saves its own instance; if it has ' +
        'one, raise the option depthLimit.',
    );
  });

  it('says what to do about a send that comes too late', () => {
    expect(new SignalsClosedError(paid).message).toBe(
      "'orders.paid' was sent after the application had closed. Give what sends it " +
        'more time to end before: see the deadline of the shutdown.',
    );
  });

  const late = 'Do two modules import each other, so that one of them loads too late?';
  const way = 'Name a class or a text, or no sender where nobody in particular sends.';

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    ['orders.paid', 'of type string'],
  ])('says what was given in the place of a signal: %j', (signal, what) => {
    expect(() => adminOf(new Signals()).hasReceivers(signal as never, null)).toThrow(
      new InvalidReferenceError(`The signal that was named is ${what}. ${late}`),
    );
  });

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    ['', 'an empty text'],
    [7, 'of type number'],
  ])('says what was given in the place of a sender: %j', (sender, what) => {
    expect(() => adminOf(new Signals()).hasReceivers(paid, sender as never)).toThrow(
      new InvalidReferenceError(`The sender that was named is ${what}. ${late} ${way}`),
    );
  });

  it('says what was given in the place of a dispatchUid', () => {
    expect(() => adminOf(new Signals()).silence({ dispatchUid: 7 as never })).toThrow(
      new InvalidReferenceError('The dispatchUid that was named is no text.'),
    );
  });

  it('says what to do about a send that comes too early', () => {
    expect(new SignalsNotConnectedError(paid).message).toBe(
      "'orders.paid' was sent before the application had connected its receivers, which would miss it. " +
        'Send it in onModuleInit or later, not in a constructor or the factory of a provider; in a test, ' +
        'initialize the application first: await app.init().',
    );
  });

  it.each([
    [undefined, ''],
    ['src/billing.ts:7', ' (src/billing.ts:7)'],
  ])('says which receiver waits for what never comes, and where: %s', (location, place) => {
    const signals = new Signals();
    signals.connect(paid, () => {}, { dispatchUid: 'mail' });
    const [receiver] = adminOf(signals).list();
    const heard = { ...receiver!, location };
    const expectation = { signal: paid, sender: 'Order', receiver: heard, when: undefined };

    expect(ReceiverDeclarationError.neverHeard(expectation, 'nobody sends it').message).toBe(
      `Receiver 'mail'${place} waits for 'orders.paid' of Order, which never comes: nobody sends it.`,
    );
  });

  it('says what to do about work that outlives its transaction', () => {
    expect(new TransactionEndedError().message).toBe(
      'This belongs to a transaction that has already ended. Await the work inside the transaction, ' +
        'or register it before the transaction ends.',
    );
  });

  it.each([
    [undefined, 'undefined'],
    ['', 'empty'],
  ])('says what to do about a sender that is not there: %j', (sender, what) => {
    const connect = () => new Signals().connect(paid, () => {}, { sender: sender as never });

    expect(connect).toThrow(
      `names a sender that is ${what}. Do two modules import each other, so that one of them loads ` +
        'too late? A class can also be named by text.',
    );
  });

  it('says who has a dispatchUid, as far as it is known', () => {
    const signals = new Signals();
    signals.connect(paid, () => {}, { dispatchUid: 'issue' });

    expect(() => signals.connect(paid, () => {}, { dispatchUid: 'issue' })).toThrow(
      "'orders.paid' of any sender by another function. Choose another one.",
    );
  });
});
