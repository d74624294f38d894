import { openShop, type VisitedShop } from './support/index.js';

let shop: VisitedShop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe('The shop in a browser', () => {
  it('opens without a complaint', async () => {
    const visitor = await shop.visitor();

    await visitor.page.goto('/');

    await visitor.page.getByRole('heading', { level: 1 }).waitFor();
    expect(visitor.complained).toEqual([]);
    await visitor.leave();
  });
});
