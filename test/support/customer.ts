import { randomUUID } from 'node:crypto';
import type { Test } from 'supertest';
import type { Http } from './application.js';

export interface PlacedOrder {
  readonly id: string;
  readonly number: string;
  readonly total: { readonly amount: number; readonly currency: string };
}

export interface IssuedReceipt {
  readonly number: string;
  readonly orderId: string;
  readonly lines: unknown;
  readonly total: unknown;
  readonly issuedAt: string;
  readonly mailedAt: string | null;
  readonly mailFailedAt: string | null;
}

/** Somebody who is signed in and sends requests. */
export class Customer {
  private constructor(
    readonly email: string,
    readonly token: string,
    private readonly http: Http,
  ) {}

  static async signIn(
    http: Http,
    { email, password }: { readonly email: string; readonly password: string },
  ): Promise<Customer> {
    const { body } = await http.post('/api/v1/sessions').send({ email, password }).expect(201);
    return new Customer(email, body.accessToken, http);
  }

  get(path: string): Test {
    return this.http.get(`/api/v1${path}`).auth(this.token, { type: 'bearer' });
  }

  post(path: string, body?: object): Test {
    return this.http.post(`/api/v1${path}`).auth(this.token, { type: 'bearer' }).send(body);
  }

  async products(): Promise<{ id: string; name: string; price: { amount: number } }[]> {
    const { body } = await this.get('/products').expect(200);
    return body.items;
  }

  /** An order of one piece of the first product. */
  async order(): Promise<PlacedOrder> {
    const [product] = await this.products();
    const lines = [{ productId: product?.id, quantity: 1 }];
    const { body } = await this.post('/orders', { lines }).expect(201);
    return body;
  }

  pay(
    order: PlacedOrder,
    { key = randomUUID(), token }: { key?: string; token?: string } = {},
  ): Test {
    return this.post(`/orders/${order.id}/pay`, token ? { paymentToken: token } : {}).set(
      'Idempotency-Key',
      key,
    );
  }

  /** The receipt of an order that is paid: it is issued a moment later. */
  async receiptOf({ id }: Pick<PlacedOrder, 'id'>): Promise<IssuedReceipt> {
    for (;;) {
      const { status, body } = await this.get(`/orders/${id}/receipt`);
      if (status === 200) return body;
      if (body.type !== 'urn:problem:receipt-awaited') throw new Error(JSON.stringify(body));
    }
  }

  async statusOf(order: PlacedOrder): Promise<string> {
    const { body } = await this.get(`/orders/${order.id}`).expect(200);
    return body.status;
  }
}
