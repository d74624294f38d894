import type { IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { newId } from '../ids.js';
import type { RequestContext } from '../request-context.js';

const REQUEST_ID = 'x-request-id';
const ACCEPTABLE_ID = /^[\w.:-]{1,128}$/;

/** The id that a proxy gave the request, or a new one. */
export function requestIdOf(request: { readonly headers: IncomingMessage['headers'] }): string {
  const given = request.headers[REQUEST_ID];
  return typeof given === 'string' && ACCEPTABLE_ID.test(given) ? given : newId();
}

/** Gives every request its id, its context and its line in the log. */
export function followRequests(fastify: FastifyInstance, context: RequestContext): void {
  const logger = new Logger('Http');
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header(REQUEST_ID, request.id);
    done();
  });
  // Not earlier: reading the body leaves the asynchronous context.
  fastify.addHook('preHandler', (request, _reply, done) => {
    context.run({ requestId: request.id }, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const [path] = request.url.split('?', 1);
    const durationMs = Math.round(reply.elapsedTime);
    logger.log(`${request.method} ${path} ${reply.statusCode} ${durationMs} ms`, {
      requestId: request.id,
      method: request.method,
      path,
      status: reply.statusCode,
      durationMs,
    });
    done();
  });
}
