import { count, formatMoney } from './format.js';

describe('An amount of money', () => {
  it.each([
    [{ amount: 1250, currency: 'EUR' }, 'en-GB', '€12.50'],
    [{ amount: 1250, currency: 'JPY' }, 'en-GB', 'JP¥1,250'],
    [{ amount: 1250, currency: 'KWD' }, 'en-GB', 'KWD 1.250'],
    [{ amount: 5, currency: 'EUR' }, 'de-DE', '0,05 €'],
  ])('%p is written for %s as %s', (money, language, text) => {
    expect(formatMoney(money, language).replaceAll(/\s/g, ' ')).toBe(text);
  });
});

describe('A number of things', () => {
  it('is told in the singular and in the plural', () => {
    expect([count(1, 'item'), count(2, 'item'), count(0, 'item')]).toEqual([
      '1 item',
      '2 items',
      '0 items',
    ]);
  });
});
