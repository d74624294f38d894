import { context } from '@opentelemetry/api';
import { getRPCMetadata, RPCType } from '@opentelemetry/core';
import type { FastifyInstance } from 'fastify';

/** Names the span of a request by its route, which the instrumentation of HTTP cannot know. */
export function nameSpansByRoute(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ routeOptions: { url } }, _reply, done) => {
    const metadata = getRPCMetadata(context.active());
    if (metadata?.type === RPCType.HTTP && url !== undefined) metadata.route = url;
    done();
  });
}
