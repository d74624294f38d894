import { Signals } from 'nestjs-signals';
import { settled } from 'nestjs-signals/testing';
import { CollectedSpans } from './support/collected-spans.js';
import { openShop, type Shop } from './support/shop.js';

describe('The traces of the shop', () => {
  let shop: Shop;
  let spans: CollectedSpans;
  beforeAll(async () => {
    shop = await openShop();
    spans = new CollectedSpans();
    spans.follow(shop.app.get(Signals));
  });
  afterAll(async () => {
    spans[Symbol.dispose]();
    await shop.close();
  });

  it('show what paying an order leads to, up to the mail', async () => {
    const customer = await shop.customer();
    const order = await customer.order();
    await settled(shop.app.get(Signals), { timeout: 20_000 });
    spans.forget();

    await customer.pay(order).expect(200);
    await settled(shop.app.get(Signals), { timeout: 20_000 });

    const tree = spans.tree();
    expect(tree.slice(tree.indexOf('signal orders.orderPaid'))).toEqual([
      'signal orders.orderPaid',
      '  delivery billing.issueReceipt enqueue',
      '  receiver event-emitter.relay',
      'delivery billing.issueReceipt process → delivery billing.issueReceipt enqueue',
      '  receiver billing.issueReceipt',
      '    signal model.postSave',
      '      receiver audit.record',
      '    signal billing.receiptIssued',
      '      delivery notifications.mailReceipt enqueue',
      '      receiver event-emitter.relay',
      'delivery notifications.mailReceipt process → delivery notifications.mailReceipt enqueue',
      '  receiver notifications.mailReceipt',
      '    signal model.postSave',
      '      receiver audit.record',
      '    signal billing.receiptMailed',
      '      receiver event-emitter.relay',
    ]);
  });
});
