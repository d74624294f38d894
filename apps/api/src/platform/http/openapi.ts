import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { Configuration } from '../configuration/configuration.js';
import { Problem } from '../errors/problem.dto.js';
import { PUBLIC_EXTENSION } from './public.decorator.js';
import { addSharedProblems } from './shared-problems.js';

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;
const BEARER = 'bearer';

/** Serves the description of the API at `/openapi.json` and an interactive page at `/docs`. */
export function serveOpenApi(app: NestFastifyApplication): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (document ??= describeApi(app)), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'The shop: API',
  });
}

function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const { publicUrl } = app.get(Configuration);
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('The shop')
    .setDescription(
      'Register, order, pay, read the receipt. Sign in with POST /api/v1/sessions and send the access token as a bearer token.',
    )
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, BEARER);
  if (publicUrl) builder.addServer(publicUrl);
  return complete(SwaggerModule.createDocument(app, builder.build(), { extraModels: [Problem] }));
}

/** Says for every operation at once what is true of all: bearer unless public, and problems as errors. */
function complete(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method] as (Record<string, unknown> & typeof path.get) | undefined;
      if (!operation) continue;
      operation.security = operation[PUBLIC_EXTENSION] ? [] : [{ [BEARER]: [] }];
      delete operation[PUBLIC_EXTENSION];
      addSharedProblems(operation, method);
    }
  }
  return document;
}
