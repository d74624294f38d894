import helmet from '@fastify/helmet';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Configuration } from '../configuration/configuration.js';

/** Pages that are not ours to write, or that stand alone: their styles are in their markup. */
const STYLES_ITSELF = /^\/(docs|dev)(\/|\?|$)/;

/** What a browser is told to refuse: script, style, image and font from elsewhere, and any of them inline. */
export async function protectBrowsers(app: NestFastifyApplication): Promise<void> {
  const { isProduction } = app.get(Configuration);
  const strict = {
    fontSrc: ["'self'"],
    imgSrc: ["'self'"],
    styleSrc: ["'self'"],
    upgradeInsecureRequests: null, // all is 'self': it would only keep a page without TLS from its own script
  };
  await app.register(helmet, {
    contentSecurityPolicy: { directives: strict },
    strictTransportSecurity: isProduction,
  });
  const lenient = { imgSrc: ["'self'", 'data:'], styleSrc: ["'self'", "'unsafe-inline'"] };
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      if (STYLES_ITSELF.test(request.url)) {
        reply.helmet({ contentSecurityPolicy: { directives: { ...strict, ...lenient } } });
      }
      done();
    });
}
