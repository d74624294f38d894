import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Viewer } from './viewer.js';

/** One request to the API, of somebody who has access. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly viewer: Viewer;
}
