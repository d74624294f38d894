import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Signals } from '../core/index.js';
import { causedBy, entryChannel, type EntryTrace } from '../diagnostics/index.js';

/** The trace of a request, which is not told of yet. */
export function entryOf(
  application: Signals,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): EntryTrace {
  const { method = '', url = '' } = request;
  return {
    kind: 'entry',
    application,
    entry: 'http',
    id,
    facts: { method, path: url.replace(/[?#].*/s, '') },
    origin: { request, response },
  };
}

/** Tells of a request, before anything else happens to it. */
export function enterRequest(request: IncomingMessage, trace: EntryTrace): void {
  keepCause(request, trace);
  entryChannel.start.publish(trace);
}

/** Who reads the body goes on where the parser of the connection is, and would have lost its cause. */
function keepCause(request: IncomingMessage, trace: EntryTrace): void {
  const emit = request.emit.bind(request);
  request.emit = ((...args: Parameters<typeof emit>) =>
    causedBy(trace, () => emit(...args))) as typeof emit;
}
