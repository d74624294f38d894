import type { Summary } from '../api.js';

type Test = (trace: Summary) => boolean;

/** The keys of a filter with an example of each, for suggestions and help. */
export const KEYS: readonly (readonly [string, string])[] = [
  ['signal:', 'a signal, * stands for anything'],
  ['receiver:', 'a receiver, as billing.*'],
  ['status:', '5xx, 404'],
  ['error:any', 'something failed'],
  ['error:isolated', 'failed without harm'],
  ['tx:rolledback', 'a transaction was rolled back'],
  ['slow:', 'at least so long, as 50ms'],
  ['job:pending', 'deliveries wait'],
  ['passed:by', 'writes that passed receivers by'],
  ['effects:none', 'also what led to nothing'],
];

export interface Filter {
  readonly fits: Test;
  /** Whether traces that led to nothing are shown, too. */
  readonly showsAll: boolean;
}

/** Reads words and `key:value`; everything has to fit. */
export function filterOf(query: string): Filter {
  const words = query.trim().split(/\s+/).filter(Boolean);
  const showsAll = words.includes('effects:none');
  const tests = words.filter((word) => word !== 'effects:none').map(testOf);
  return { showsAll, fits: (trace) => tests.every((fits) => fits(trace)) };
}

function testOf(word: string): Test {
  const [, key = '', value = ''] = /^(\w+):(.+)$/.exec(word) ?? [];
  switch (key) {
    case 'status':
      return ({ status }) => pattern(value.replaceAll('x', '?')).test(String(status ?? ''));
    case 'signal':
    case 'receiver':
      return ({ names }) => names.some((name) => pattern(value).test(name));
    case 'error':
      return value === 'isolated'
        ? ({ failedIsolated }) => failedIsolated > 0
        : ({ failedAborted, failedIsolated, status = 0 }) =>
            failedAborted + failedIsolated > 0 || status >= 500;
    case 'tx':
      return ({ rolledBack, transactions }) =>
        value === 'rolledback' ? rolledBack > 0 : transactions > 0;
    case 'slow':
      return ({ duration = 0 }) => duration >= milliseconds(value);
    case 'job':
      return ({ pending, entry }) => (value === 'pending' ? pending > 0 : entry === 'job');
    case 'passed':
      return ({ passedBy }) => passedBy > 0;
    default:
      return ({ name, path = '', id }) =>
        `${name} ${path} ${id}`.toLowerCase().includes(word.toLowerCase());
  }
}

/** `*` stands for anything, `?` for one character; the end of a dotted name will do. */
function pattern(text: string): RegExp {
  const source = text
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`(?:^|\\.)${source}$`, 'i');
}

function milliseconds(text: string): number {
  const number = Number.parseFloat(text);
  if (Number.isNaN(number)) return 0;
  return /\ds$/.test(text) ? number * 1_000 : number;
}
