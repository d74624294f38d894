import type { ColumnOptions } from 'typeorm';

/**
 * An amount of money in minor units: `bigint` in PostgreSQL, a number here. The driver hands bigints over as
 * text, because not every one fits a number; one that does not is an error, never a rounded amount.
 */
export const amountColumn = {
  type: 'bigint',
  transformer: {
    to: (amount: number) => exact(amount),
    from: (stored: string) => exact(Number(stored)),
  },
} as const satisfies ColumnOptions;

function exact(amount: number): number {
  if (!Number.isSafeInteger(amount)) {
    throw new RangeError(`${amount} is no exact amount in minor units.`);
  }
  return amount;
}
