import { Order, Product } from '../orders/index.js';
import { Payment, type PaymentNews } from './payment.entity.js';
import { IdempotencyKeyReusedError, PaymentInProgressError } from './payments.errors.js';

const start = new Date('2026-03-01T10:00:00Z');
const later = new Date('2026-03-01T10:00:09Z');
const afterTimeout = new Date('2026-03-01T10:00:10Z');
const timeoutMs = 10_000;

const charged: PaymentNews = { outcome: 'charged', gatewayReference: 'g1' };
const declined: PaymentNews = { outcome: 'declined', reason: 'no funds' };
const cancelled: PaymentNews = { outcome: 'cancelled' };
const unknown: PaymentNews = { outcome: 'unknown' };

describe('A payment by card', () => {
  it('is for the total of its order', () => {
    const payment = byCard();

    expect(payment).toMatchObject({ method: 'card', status: 'processing', settledAt: null });
    expect(payment.money).toEqual({ amount: 2500, currency: 'EUR' });
  });

  it.each([
    ['succeeds when it is charged', charged, 'succeeded', { gatewayReference: 'g1' }],
    ['keeps the reason when it is declined', declined, 'declined', { declineReason: 'no funds' }],
    ['ends when it is cancelled', cancelled, 'cancelled', {}],
  ])('%s', (_, news, status, facts) => {
    const payment = byCard();

    payment.settle(news, later);

    expect(payment).toMatchObject({ status, settledAt: later, ...facts });
    expect(payment.isOpen).toBe(false);
  });

  it('stays open when nobody knows what happened', () => {
    const payment = byCard();

    payment.settle(unknown, later);

    expect(payment).toMatchObject({ status: 'unsettled', settledAt: null });
    expect(payment.isOpen).toBe(true);
  });

  it('is settled by asking again', () => {
    const payment = byCard();
    payment.settle(unknown, later);

    payment.attempt(later);
    payment.settle(charged, later);

    expect(payment).toMatchObject({ status: 'succeeded', attemptedAt: later });
  });

  it.each([
    ['succeeded', charged, declined],
    ['succeeded', charged, unknown],
    ['declined', declined, unknown],
    ['cancelled', cancelled, declined],
  ])('that has %s keeps its end', (status, end, news) => {
    const payment = byCard();
    payment.settle(end, later);

    payment.settle(news, afterTimeout);

    expect(payment).toMatchObject({ status, settledAt: later });
  });

  it.each([
    ['declined', declined],
    ['cancelled', cancelled],
  ])('that was %s and charged nevertheless is an error that asks for a refund', (_, end) => {
    const payment = byCard();
    payment.settle(end, later);

    expect(() => payment.settle(charged, later)).toThrow('give the money back');
  });

  it('that is final is not attempted again', () => {
    const payment = byCard();
    payment.settle(charged, later);

    expect(() => payment.attempt(later)).toThrow('succeeded');
  });

  it('belongs to one request', () => {
    const payment = byCard();

    expect(() => payment.assertSameRequest('a fingerprint')).not.toThrow();
    expect(() => payment.assertSameRequest('another')).toThrow(IdempotencyKeyReusedError);
  });
});

describe('A payment that another one wants to replace', () => {
  it('is in progress until the time-out of the gateway has passed', () => {
    const payment = byCard();

    expect(() => payment.assertOverdue(later, timeoutMs)).toThrow(PaymentInProgressError);
    expect(() => payment.assertOverdue(afterTimeout, timeoutMs)).not.toThrow();
  });

  it('is in progress again when it is attempted again', () => {
    const payment = byCard();
    payment.attempt(later);

    expect(() => payment.assertOverdue(afterTimeout, timeoutMs)).toThrow(PaymentInProgressError);
  });

  it('is overdue at once when it is unsettled', () => {
    const payment = byCard();
    payment.settle(unknown, later);

    expect(() => payment.assertOverdue(later, timeoutMs)).not.toThrow();
  });
});

describe('A payment that staff received', () => {
  it('has succeeded', () => {
    const payment = Payment.received(order(), 'cash', start);

    expect(payment).toMatchObject({ method: 'cash', status: 'succeeded', settledAt: start });
  });
});

function byCard(): Payment {
  const request = { idempotencyKey: 'a key', requestFingerprint: 'a fingerprint', at: start };
  return Payment.byCard(order(), request);
}

function order(): Order {
  const product = Object.assign(new Product(), { priceAmount: 1250, priceCurrency: 'EUR' });
  const products = [{ product, quantity: 2 }];
  return Order.place({ sequence: 1, customerId: 'a customer', products, at: start });
}
