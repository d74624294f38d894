import type { NestApplicationOptions } from '@nestjs/common';
import cookie from '@fastify/cookie';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Configuration } from '../configuration/configuration.js';
import { RequestContext } from '../request-context.js';
import { readJsonBodies } from './json-body.js';
import { serveOpenApi } from './openapi.js';
import { servePages } from './pages.js';
import { RequestDrain } from './request-drain.js';
import { followRequests, requestIdOf } from './request-hooks.js';
import { protectBrowsers } from './security-headers.js';
import { nameSpansByRoute } from './span-names.js';
import { refuseUnexpected, refuseUnreadable, refuseUnroutable } from './unread-requests.js';

const BODY_LIMIT_BYTES = 100 * 1024;
/** How long the head of a request may take, and all of it. */
const HEAD_MS = 10_000;
const REQUEST_MS = 30_000;
/** How long nothing may move on a connection: longer than the database may take, and than event streams are quiet. */
const SILENCE_MS = 60_000;
/** Longer than the proxies before it, which is the side that closes first. */
const KEEP_ALIVE_MS = 72_000;

export function createAdapter({ trustedProxies }: Configuration): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_MS,
    connectionTimeout: SILENCE_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      headersTimeout: HEAD_MS,
      connectionsCheckingInterval: 1_000,
      requireHostHeader: false, // Node would refuse without a word
    },
    forceCloseConnections: true,
    genReqId: requestIdOf,
    frameworkErrors: refuseUnroutable,
    clientErrorHandler: refuseUnreadable,
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
  readJsonBodies(fastify);
  app.setGlobalPrefix('api/v1', { exclude: ['health/*path', 'metrics', 'dev/*path'] });
  if (app.get(Configuration).exportsSpans) nameSpansByRoute(fastify);
  followRequests(fastify, app.get(RequestContext));
  refuseUnexpected(fastify);
  app.get(RequestDrain).follow(fastify);
  await protectBrowsers(app);
  await app.register(cookie);
  serveOpenApi(app);
  await servePages(app);
}
