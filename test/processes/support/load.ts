import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Customer } from '../../support/customer.js';

const CLIENTS = 8;
/** Between two attempts of a client at a process that is not there. */
const PAUSE_MS = 100;

const TOLD_EVERY = 100;

/** Customers who order and pay, whatever happens to the processes. */
export class Load {
  /** The orders of which somebody was told that they are paid. */
  readonly acknowledged: string[] = [];
  failures = 0;

  constructor(
    private readonly customer: Customer,
    private readonly wanted: number,
  ) {}

  get isDone(): boolean {
    return this.acknowledged.length >= this.wanted;
  }

  async run(): Promise<void> {
    const productId = await this.product();
    await Promise.all(Array.from({ length: CLIENTS }, () => this.client(productId)));
  }

  private async client(productId: string): Promise<void> {
    while (!this.isDone) {
      try {
        await this.orderAndPay(productId);
      } catch {
        this.failures += 1;
        await setTimeout(PAUSE_MS);
      }
    }
  }

  /** Without an answer, nobody knows whether the order is paid; only an answer counts. */
  private async orderAndPay(productId: string): Promise<void> {
    const { body: order } = await this.customer
      .post('/orders', { lines: [{ productId, quantity: 1 }] })
      .expect(201);
    await this.customer
      .post(`/orders/${order.id}/pay`, {})
      .set('Idempotency-Key', randomUUID())
      .expect(200);
    this.acknowledged.push(order.id);
    this.tell();
  }

  private tell(): void {
    const { length } = this.acknowledged;
    if (length % TOLD_EVERY > 0) return;
    process.stdout.write(`${length} of ${this.wanted} payments acknowledged\n`);
  }

  private async product(): Promise<string> {
    const [product] = await this.customer.products();
    return product?.id ?? '';
  }
}
