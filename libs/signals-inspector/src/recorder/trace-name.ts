import type { Trace } from './trace.js';

/** What a trace is called: `POST /orders/:id/pay`, or what the entry calls itself. */
export function traceName({ entry, facts }: Pick<Trace, 'entry' | 'facts'>): string {
  if (entry === 'http') return `${text(facts['method'])} ${text(facts['route'] ?? facts['path'])}`;
  const name = text(facts['name'] ?? facts['receiver']);
  return name === '' ? entry : name;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
