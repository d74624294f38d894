import { createHash, timingSafeEqual } from 'node:crypto';
import { Registry } from '@prometheus-io/client';
import { Controller, Get, Header, Headers, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Configuration } from '../configuration/configuration.js';
import { UnauthenticatedError } from '../errors/domain.errors.js';
import { Public } from './public.decorator.js';

export class MetricsTokenError extends UnauthenticatedError {
  readonly code = 'metrics-token';
  readonly title = 'Metrics are not for everybody';
}

/** What Prometheus scrapes. Only there where somebody may read it: see {@link Configuration.servesMetrics}. */
@Public()
@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly registry: Registry,
    private readonly configuration: Configuration,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  async read(
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { metricsToken } = this.configuration;
    if (metricsToken !== undefined && !isSame(authorization ?? '', `Bearer ${metricsToken}`)) {
      void reply.header('www-authenticate', 'Bearer');
      throw new MetricsTokenError('Send the METRICS_TOKEN of this application as a bearer token.');
    }
    void reply.type(this.registry.contentType);
    return this.registry.metrics();
  }
}

/** Takes as long whatever is wrong. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}
