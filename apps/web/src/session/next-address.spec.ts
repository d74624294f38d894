import { nextAddress } from './next-address.js';

describe('Where a sign-in leads', () => {
  it('is the page that asked for it', () => {
    expect(nextAddress({ next: '/orders/new' }, '/orders')).toBe('/orders/new');
  });

  it.each([undefined, '', '//elsewhere.test', '/\\elsewhere.test', 'https://elsewhere.test'])(
    'is never another site: %p',
    (next) => {
      expect(nextAddress(next === undefined ? {} : { next }, '/orders')).toBe('/orders');
    },
  );
});
