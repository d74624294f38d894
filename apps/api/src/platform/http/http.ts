import type { NestApplicationOptions } from '@nestjs/common';
import cookie from '@fastify/cookie';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Configuration } from '../configuration/configuration.js';
import { RequestContext } from '../request-context.js';
import { serveOpenApi } from './openapi.js';
import { servePages } from './pages.js';
import { RequestDrain } from './request-drain.js';
import { followRequests, requestIdOf } from './request-hooks.js';
import { protectBrowsers } from './security-headers.js';
import { nameSpansByRoute } from './span-names.js';

const BODY_LIMIT_BYTES = 100 * 1024;

export function createAdapter({ trustedProxies }: Configuration): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    genReqId: requestIdOf,
    trustProxy: (_address, hop) => hop < trustedProxies,
  });
}

/**
 * For creating the application. Bodies are JSON and nothing else: a form of another site could send the types
 * that Nest would read beside it.
 */
export const HTTP_OPTIONS: NestApplicationOptions = { bodyParser: false, abortOnError: false };

/** What every request passes before it meets a controller. Call it before `init` and `listen`. */
export async function configureHttp(app: NestFastifyApplication): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeContentTypeParser('text/plain');
  app.setGlobalPrefix('api/v1', { exclude: ['health/*path', 'metrics', 'dev/*path'] });
  if (app.get(Configuration).exportsSpans) nameSpansByRoute(fastify);
  followRequests(fastify, app.get(RequestContext));
  app.get(RequestDrain).follow(fastify);
  await protectBrowsers(app);
  await app.register(cookie);
  serveOpenApi(app);
  await servePages(app);
}
