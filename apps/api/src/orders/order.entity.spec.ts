import { Order } from './order.entity.js';
import { MixedCurrenciesError, OrderAlreadyPaidError } from './orders.errors.js';
import { Product } from './product.entity.js';

const placedAt = new Date('2026-03-01T10:00:00Z');

describe('An order', () => {
  it('costs the sum of its lines at the prices of the catalogue', () => {
    const order = placed([priced(1250), 2], [priced(4900), 1]);

    expect(order.total).toEqual({ amount: 7400, currency: 'EUR' });
    expect(order.lines.map((line) => line.total.amount)).toEqual([2500, 4900]);
  });

  it('keeps its price when the catalogue changes', () => {
    const notebook = priced(1250);
    const order = placed([notebook, 1]);

    notebook.priceAmount = 9999;

    expect(order.total.amount).toBe(1250);
    expect(order.lines[0]?.unitPrice.amount).toBe(1250);
  });

  it('is numbered by year and sequence', () => {
    expect(placed([priced(100), 1]).number).toBe('O-2026-000123');
  });

  it('has one currency', () => {
    expect(() => placed([priced(100), 1], [priced(100, 'USD'), 1])).toThrow(MixedCurrenciesError);
  });

  it('is pending until it is paid', () => {
    const order = placed([priced(100), 1]);

    expect(order).toMatchObject({ status: 'pending', paidAt: null });
  });

  it('remembers when it was paid', () => {
    const order = placed([priced(100), 1]);
    const paidAt = new Date('2026-03-01T11:00:00Z');

    order.markPaid(paidAt);

    expect(order).toMatchObject({ status: 'paid', paidAt });
  });

  it('is not paid twice', () => {
    const order = placed([priced(100), 1]);
    const paidAt = new Date('2026-03-01T11:00:00Z');
    order.markPaid(paidAt);

    expect(() => order.markPaid(new Date())).toThrow(OrderAlreadyPaidError);
    expect(order.paidAt).toBe(paidAt);
  });
});

function placed(...products: [Product, number][]): Order {
  return Order.place({
    sequence: 123,
    customerId: 'a customer',
    products: products.map(([product, quantity]) => ({ product, quantity })),
    at: placedAt,
  });
}

function priced(priceAmount: number, priceCurrency = 'EUR'): Product {
  return Object.assign(new Product(), { id: 'a product', name: 'A', priceAmount, priceCurrency });
}
