import fc from 'fast-check';
import { nextAddress } from './next-address.js';

describe('Where a sign-in leads', () => {
  it('is the page that asked for it', () => {
    expect(nextAddress({ next: '/orders/new' }, '/orders')).toBe('/orders/new');
  });

  it.each([
    undefined,
    '',
    '//elsewhere.test',
    '/\\elsewhere.test',
    'https://elsewhere.test',
    '/\t/elsewhere.test',
    '/\n/elsewhere.test',
    '\t//elsewhere.test',
    ' //elsewhere.test',
    '/.//elsewhere.test',
    '/orders/..//elsewhere.test',
    '\\\\elsewhere.test',
    'javascript:alert(1)',
    'https://',
  ])('is never another site: %j', (next) => {
    expect(nextAddress(next === undefined ? {} : { next }, '/orders')).toBe('/orders');
  });

  it('is on this site whatever it is made of', () => {
    const part = fc.constantFrom(
      '/',
      '\\',
      '\t',
      '\n',
      '.',
      '..',
      ' ',
      ':',
      '@',
      '?',
      '#',
      'e.test',
      '%2f',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const address = nextAddress({ next: parts.join('') }, '/orders');

        expect(address).toMatch(/^\/(?![/\\])/);
        expect(new URL(address, 'https://shop.test').origin).toBe('https://shop.test');
      }),
      { numRuns: 2_000 },
    );
  });
});
