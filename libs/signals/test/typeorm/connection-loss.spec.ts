import { describe, expect, it } from '@jest/globals';
import { isConnectionLoss } from '../../src/typeorm/transactions/connection-loss.js';

describe('After an error at COMMIT', () => {
  it.each(['23505', '40001', '40P01', 'P0001', 'XX000', '57014', '22008'])(
    'the outcome is known where PostgreSQL names it: %s',
    (code) => {
      expect(isConnectionLoss({ code })).toBe(false);
    },
  );

  it.each([
    '08006',
    '08P01',
    '57P01',
    '57P03',
    'ECONNRESET',
    'EPIPE',
    'ERR23505',
    '235055',
    '',
    23505,
  ])('nobody knows the outcome where the connection is lost: %s', (code) => {
    expect(isConnectionLoss({ code })).toBe(true);
  });

  it.each([new Error('Connection terminated unexpectedly'), 'gone', null, undefined])(
    'nobody knows the outcome where nothing is named: %s',
    (error) => {
      expect(isConnectionLoss(error)).toBe(true);
    },
  );
});
