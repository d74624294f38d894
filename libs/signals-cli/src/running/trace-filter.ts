import { CommandError } from '../command.error.js';
import type { TraceSummary } from 'nestjs-signals-inspector';

type Fits = (trace: TraceSummary) => boolean;

/** What stands before the colon of a filter. */
const KEYS: Readonly<Record<string, (value: string) => Fits>> = {
  status: (value) => {
    const pattern = new RegExp(`^${escaped(value).replaceAll('x', '\\d')}$`);
    return ({ status }) => pattern.test(String(status));
  },
  signal: named,
  receiver: named,
  error: () => (trace) => trace.failedIsolated + trace.failedAborted > 0,
  tx: (value) => {
    if (value === 'rolledback') return ({ rolledBack }) => rolledBack > 0;
    throw new CommandError(`tx:${value} is no filter; tx:rolledback is.`);
  },
  job: (value) => {
    if (value === 'pending') return ({ pending }) => pending > 0;
    throw new CommandError(`job:${value} is no filter; job:pending is.`);
  },
  slow: (value) => {
    const [, milliseconds] = /^(\d+)(?:ms)?$/.exec(value) ?? [];
    if (!milliseconds) throw new CommandError(`slow:${value} is no filter; slow:50ms is.`);
    return ({ duration = 0 }) => duration >= Number(milliseconds);
  },
};

/**
 * Reads words and `key:value`, all of which have to fit: `status:5xx`, `signal:orders.*`,
 * `receiver:billing.*`, `error:any`, `tx:rolledback`, `job:pending`, `slow:50ms`.
 *
 * @throws CommandError for a key that there is not.
 */
export function readFilter(text: string): Fits {
  const parts = text.split(/\s+/).filter(Boolean).map(readPart);
  return (trace) => parts.every((fits) => fits(trace));
}

function readPart(part: string): Fits {
  const [, key, value] = /^(\w+):(.+)$/.exec(part) ?? [];
  if (!key || !value) {
    const word = part.toLowerCase();
    return ({ name, path }) => `${name} ${path ?? ''}`.toLowerCase().includes(word);
  }
  const filter = KEYS[key];
  if (filter) return filter(value);
  throw new CommandError(
    `There is no filter '${key}:'. There are: ${Object.keys(KEYS).join(', ')}.`,
  );
}

function named(value: string): Fits {
  const pattern = new RegExp(`(^|\\.)${escaped(value).replaceAll('\\*', '.*')}$`);
  return ({ names }) => names.some((name) => pattern.test(name));
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}
