import type { ServerResponse } from 'node:http';
import type { Trace } from '../recorder/trace.js';

/** Tells a response which trace it is, and right before its headers are sent what the trace has led to. */
export function tellHeaders(
  response: ServerResponse,
  id: string,
  traceOf: () => Trace | undefined,
): void {
  response.setHeader('X-Signals-Trace', id);
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    const trace = response.headersSent ? undefined : traceOf();
    if (trace) response.setHeader('X-Signals-Summary', summary(trace));
    return writeHead(...args);
  };
}

function summary({ spans }: Trace): string {
  const signals = spans.filter(({ kind }) => kind === 'signal').length;
  const receivers = spans.filter(
    ({ kind, outcome }) => kind === 'receiver' || (kind === 'callback' && outcome !== 'dropped'),
  ).length;
  return `signals=${signals}; receivers=${receivers}`;
}
