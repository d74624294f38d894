import { setTimeout } from 'node:timers/promises';
import { Controller, Get } from '@nestjs/common';
import { SkipThrottle } from '@nestjs/throttler';
import { DurableSignals } from 'nestjs-signals/durable';
import { DataSource } from 'typeorm';
import { DomainError } from '../errors/domain.errors.js';
import { HealthDto } from './health.dto.js';
import { Problems } from './problems.decorator.js';
import { Public } from './public.decorator.js';

const PATIENCE_MS = 2_000;

export class NotReadyError extends DomainError {
  readonly code = 'not-ready';
  readonly title = 'The application cannot answer requests now';
  readonly status = 503;
}

@Public()
@SkipThrottle({ default: true, attempts: true })
@Controller('health')
export class HealthController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly durable: DurableSignals,
  ) {}

  /** Whether the process runs: restart it when this does not answer. */
  @Get('live')
  live(): HealthDto {
    return { status: 'ok' };
  }

  /** Whether requests can be answered: the database is asked, and whether deliveries can be kept. */
  @Get('ready')
  @Problems({ 503: 'The database does not answer, or the job engine has not started.' })
  async ready(): Promise<HealthDto> {
    if (!this.durable.health().isStarted) throw new NotReadyError('Deliveries cannot be kept now.');
    const late = new AbortController();
    try {
      await Promise.race([
        this.dataSource.query('SELECT 1'),
        setTimeout(PATIENCE_MS, undefined, { signal: late.signal, ref: false }).then(() => {
          throw new Error(`no answer within ${PATIENCE_MS} ms`);
        }),
      ]);
    } catch (error) {
      throw new NotReadyError('The database does not answer.', { cause: error });
    } finally {
      late.abort();
    }
    return { status: 'ok' };
  }
}
