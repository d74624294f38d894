import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_CONTENT_TYPE } from '../errors/problem.dto.js';
import { HttpError, toProblem } from '../errors/problem.js';
import { newId } from '../ids.js';

/** What is refused before it has a route, and so before any hook: an address that cannot be read, or is too long. */
export function refuseUnroutable(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error, request);
  void reply
    .code(problem.status)
    .headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' })
    .type(PROBLEM_CONTENT_TYPE)
    .send(problem);
}

/** What Node gives its refusals of a request whose head or body it cannot read, or does not get in time. */
const STATUS_OF: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

const DETAIL_OF: Readonly<Record<number, string>> = {
  408: 'The whole request did not arrive in time. Send it again.',
  431: 'Send headers of at most 16 KiB in all, the address included.',
};

/** Answers on the bare connection: there is no request yet that could be answered. */
export function refuseUnreadable(
  error: Error & { readonly code?: string },
  connection: Socket,
): void {
  if (error.code === 'ECONNRESET' || !connection.writable) {
    connection.destroy();
    return;
  }
  const status = STATUS_OF[error.code ?? ''] ?? 400;
  const id = newId();
  const detail = DETAIL_OF[status] ?? 'It is not HTTP as RFC 9112 has it.';
  const body = JSON.stringify(toProblem(new HttpError(status, detail), { id }));
  connection.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${id}`,
      '',
      body,
    ].join('\r\n'),
    () => connection.destroy(),
  );
}

/** What Node would answer itself, without a word: an expectation it does not know, and a request without a host. */
export function refuseUnexpected(fastify: FastifyInstance): void {
  fastify.server.on('checkExpectation', (_request, response) => {
    const id = newId();
    const detail = 'Send no header Expect but 100-continue.';
    const problem = toProblem(new HttpError(417, detail), { id });
    const body = JSON.stringify(problem);
    response.writeHead(417, {
      connection: 'close', // what it has for a body is not read
      'content-type': PROBLEM_CONTENT_TYPE,
      'content-length': Buffer.byteLength(body),
      'x-request-id': id,
    });
    response.end(body);
  });
  fastify.addHook('onRequest', ({ raw }, _reply, done) => {
    const isComplete = raw.headers.host !== undefined || raw.httpVersion === '1.0';
    done(isComplete ? undefined : new HttpError(400, 'Send the header Host.'));
  });
}
