import type { Money } from './money.dto.js';

/** An amount as people read it: `€12.50`. Each currency has its own number of minor digits. */
export function formatMoney({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const { maximumFractionDigits: digits = 2 } = format.resolvedOptions();
  return format.format(amount / 10 ** digits);
}
