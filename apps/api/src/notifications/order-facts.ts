import type { Receipt } from '../billing/index.js';
import type { Order } from '../orders/index.js';

/** What has become of an order, each at most once. */
export type OrderFact =
  | {
      readonly type: 'paid' | 'cancelled' | 'mailed';
      readonly orderId: string;
      readonly at: string;
    }
  | {
      readonly type: 'receipted';
      readonly orderId: string;
      readonly at: string;
      readonly receiptNumber: string;
    };

/** What is known of an order at one moment. */
export interface OrderState {
  readonly order: Pick<Order, 'id' | 'status' | 'paidAt' | 'cancelledAt'>;
  readonly receipt: Receipt | null;
}

/** The same facts, in their order, as are told when they happen. */
export function factsOf({ order, receipt }: OrderState): readonly OrderFact[] {
  const { id: orderId, paidAt, cancelledAt } = order;
  const facts: OrderFact[] = [];
  const add = (type: 'paid' | 'cancelled' | 'mailed', at: Date | null | undefined): void => {
    if (at) facts.push({ type, orderId, at: at.toISOString() });
  };
  add('paid', paidAt);
  add('cancelled', cancelledAt);
  if (receipt) {
    const { issuedAt, number: receiptNumber } = receipt;
    facts.push({ type: 'receipted', orderId, at: issuedAt.toISOString(), receiptNumber });
  }
  add('mailed', receipt?.mailedAt);
  return facts;
}
