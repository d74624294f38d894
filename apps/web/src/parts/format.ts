import type { Money } from '../api/queries.js';

const languages = globalThis.navigator?.languages;

export function formatMoney({ amount, currency }: Money, locales?: Intl.LocalesArgument): string {
  const format = new Intl.NumberFormat(locales ?? languages, { style: 'currency', currency });
  const { maximumFractionDigits: digits = 2 } = format.resolvedOptions();
  return format.format(amount / 10 ** digits);
}

const dates = new Intl.DateTimeFormat(languages, { dateStyle: 'medium' });
const minutes = new Intl.DateTimeFormat(languages, { dateStyle: 'medium', timeStyle: 'short' });
const seconds = new Intl.DateTimeFormat(languages, { timeStyle: 'medium' });

export const formats = { date: dates, minute: minutes, second: seconds };

export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}
