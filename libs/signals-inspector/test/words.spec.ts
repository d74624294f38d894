import { describe, expect, it } from '@jest/globals';
import { count, enumerate, list, ordinal, pluralOf, withArticle } from '../src/recorder/words.js';

describe('In a sentence', () => {
  it.each([
    ['an Order', 'Order'],
    ['an AuditEntry', 'AuditEntry'],
    ['an Unpaid', 'Unpaid'],
    ['an Uninstall', 'Uninstall'],
    ['an Hour', 'Hour'],
    ['an SMSMessage', 'SMSMessage'],
    ['an MFAToken', 'MFAToken'],
    ['an UPDATE of Book', 'UPDATE of Book'],
    ['an update of Book', 'update of Book'],
    ['a User', 'User'],
    ['a Unit', 'Unit'],
    ['a UrlAlias', 'UrlAlias'],
    ['a URLAlias', 'URLAlias'],
    ['a UserRole', 'UserRole'],
    ['a Euro', 'Euro'],
    ['a OneTimeCode', 'OneTimeCode'],
    ['a Receipt', 'Receipt'],
    ['a House', 'House'],
    ['a delete of Author', 'delete of Author'],
  ])('a name has its article: %s', (said, noun) => {
    expect(withArticle(noun)).toBe(said);
  });

  it.each([
    ['Order', 'Orders'],
    ['AuditEntry', 'AuditEntries'],
    ['Survey', 'Surveys'],
    ['Address', 'Addresses'],
    ['Tax', 'Taxes'],
    ['Batch', 'Batches'],
  ])('%s becomes %s', (one, more) => {
    expect(pluralOf(one)).toBe(more);
  });

  it('numbers are words up to twelve', () => {
    const said = [0, 1, 2, 12, 13].map((number) => count(number, 'receiver'));

    expect(said).toEqual([
      'no receivers',
      'one receiver',
      'two receivers',
      'twelve receivers',
      '13 receivers',
    ]);
  });

  it('so are ordinals up to ten', () => {
    const said = [2, 10, 11, 21, 22, 23, 112].map(ordinal);

    expect(said).toEqual(['second', 'tenth', '11th', '21st', '22nd', '23rd', '112th']);
  });

  it('names stand in a row, and more than three are counted', () => {
    expect(enumerate(['a', 'b', 'c', 'd'])).toBe('a, b, c and d');
    expect(list(['a'], 'receiver')).toBe('a');
    expect(list(['a', 'b', 'c'], 'receiver')).toBe('a, b and c');
    expect(list(['a', 'b', 'c', 'd'], 'receiver')).toBe('four receivers');
  });
});
