import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Configuration } from '../configuration/configuration.js';
import { DEMO_STAFF } from '../configuration/demo-staff.js';

/** The addresses that the pages answer to; every other one stays a problem, also for a browser. */
const ADDRESSES = [
  '/',
  '/register',
  '/sign-in',
  '/products',
  '/orders',
  '/orders/new',
  '/orders/:id',
  '/orders/:id/receipt',
  '/account',
  '/staff',
];

/**
 * Serves the built pages. Their HTML is asked for anew each time; what it refers to carries a hash in its name and
 * may be kept for good.
 */
export async function servePages(app: NestFastifyApplication): Promise<void> {
  const configuration = app.get(Configuration);
  const html = await htmlOf(configuration);
  if (html === undefined) {
    new Logger('Pages').warn(
      `There are no pages in ${configuration.webRoot}: only the API is served. npm run build makes them.`,
    );
    return;
  }
  const etag = `"${createHash('sha256').update(html).digest('base64url')}"`;
  const fastify = app.getHttpAdapter().getInstance();
  for (const address of ADDRESSES) {
    fastify.get(address, (request, reply) => {
      void reply.headers({ etag, 'cache-control': 'no-cache' });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type('text/html; charset=utf-8').send(html);
    });
  }
  await app.register(fastifyStatic, {
    root: join(configuration.webRoot, 'assets'),
    prefix: '/assets/',
    preCompressed: true,
    immutable: true,
    maxAge: '1y',
    index: false,
    decorateReply: false,
  });
}

async function htmlOf({ webRoot, staff }: Configuration): Promise<string | undefined> {
  const html = await readFile(join(webRoot, 'index.html'), 'utf8').catch(() => undefined);
  return staff === DEMO_STAFF ? html?.replace('</head>', `${DEMO}</head>`) : html;
}

/** Tells the pages that this shop is tried out, and how its staff signs in. */
const DEMO = `<meta name="demo-staff" content="${DEMO_STAFF.email} ${DEMO_STAFF.password}">`;
