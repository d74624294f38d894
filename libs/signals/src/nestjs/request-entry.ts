import type { IncomingMessage, ServerResponse } from 'node:http';
import { causedBy, entryChannel, type EntryTrace, type Signals } from '../index.js';

/** Opens the trace of a request, and tells of it before anything else happens to the request. */
export function enterRequest(
  application: Signals,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): EntryTrace {
  const { method = '', url = '' } = request;
  const trace: EntryTrace = {
    kind: 'entry',
    application,
    entry: 'http',
    id,
    facts: { method, path: url.replace(/[?#].*/s, '') },
    origin: { request, response },
  };
  keepCause(request, trace);
  entryChannel.start.publish(trace);
  return trace;
}

/** Who reads the body goes on where the parser of the connection is, and would have lost its cause. */
function keepCause(request: IncomingMessage, trace: EntryTrace): void {
  const emit = request.emit.bind(request);
  request.emit = ((...args: Parameters<typeof emit>) =>
    causedBy(trace, () => emit(...args))) as typeof emit;
}
