import { describe, expect, it } from '@jest/globals';
import {
  Catch,
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  ParseIntPipe,
  Query,
  ServiceUnavailableException,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { requestFailed, requestFinished } from 'nestjs-signals/nestjs';
import { adapterNames, expectOneEndForEachStart, Gate, serve, Wire } from './request-support.js';

const broken = new Error('broken');

function fail(): never {
  throw broken;
}

class DomainError extends Error {
  constructor(readonly status: number) {
    super(`domain error ${status}`);
  }
}

@Injectable()
class FailingGuard implements CanActivate {
  canActivate = fail;
}

@Injectable()
class FailingInterceptor implements NestInterceptor {
  intercept = fail;
}

@Injectable()
class FailingPipe implements PipeTransform {
  transform = fail;
}

/** A filter that fails itself, on an error that would have been a 4xx. */
@Catch(ForbiddenException)
class FailingFilter implements ExceptionFilter {
  catch = fail;
}

@Controller()
class Failing {
  readonly gate = new Gate();

  @Get('handler')
  handler(): void {
    fail();
  }

  @Get('guard')
  @UseGuards(FailingGuard)
  guard(): void {}

  @Get('interceptor')
  @UseInterceptors(FailingInterceptor)
  interceptor(): void {}

  @Get('pipe')
  @UsePipes(FailingPipe)
  pipe(@Query('any') _any: string): void {}

  @Get('filter')
  @UseFilters(FailingFilter)
  filter(): void {
    throw new ForbiddenException();
  }

  @Get('late')
  async late(@Query('status') status?: string): Promise<void> {
    await this.gate.opened;
    throw status ? new DomainError(Number(status)) : broken;
  }

  @Get('domain')
  domain(@Query('status', ParseIntPipe) status: number): void {
    throw new DomainError(status);
  }

  @Get('unavailable')
  unavailable(): void {
    throw new ServiceUnavailableException();
  }

  @Get('unserializable')
  unserializable(): object {
    return { toJSON: fail };
  }
}

/** The application's own filter, which catches everything and gives domain errors their status. */
@Catch()
class EveryError implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const status = error instanceof DomainError ? error.status : 500;
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), { status }, status);
  }
}

const own = {
  controllers: [Failing],
  providers: [{ provide: APP_FILTER, useClass: EveryError }],
};

describe.each(adapterNames)('requestFailed on %s', (adapter) => {
  it.each(['handler', 'guard', 'interceptor', 'pipe', 'filter', 'unserializable'])(
    'brings the very error of a failing %s, once, before requestFinished',
    async (path) => {
      const order: string[] = [];
      const served = await serve(adapter, { controllers: [Failing] });
      for (const signal of [requestFailed, requestFinished]) {
        served.signals.connect(signal, ({ id }) => order.push(`${signal.name} ${id}`));
      }

      const { status } = await served.fetch(`/${path}?any=thing`);
      await served.close();

      const id = served.started[0]?.id;
      expect(status).toBe(500);
      expect(served.failed).toEqual([
        { id, method: 'GET', path: `/${path}`, status, handler: `Failing.${path}`, error: broken },
      ]);
      expect(served.failed[0]?.error).toBe(broken);
      expect(order).toEqual([`http.requestFailed ${id}`, `http.requestFinished ${id}`]);
    },
  );

  it('brings the error of failing middleware', async () => {
    const served = await serve(
      adapter,
      { controllers: [Failing] },
      { prepare: (app) => app.use(fail) },
    );

    const { status } = await served.fetch('/handler');
    await served.close();

    expect(status).toBe(500);
    expect(served.failed).toEqual([expect.objectContaining({ error: broken, handler: null })]);
  });

  it('brings the errors that are meant to be a 5xx', async () => {
    const served = await serve(adapter, { controllers: [Failing] });

    await served.fetch('/unavailable');
    await served.close();

    expect(served.failed).toEqual([
      expect.objectContaining({ status: 503, error: expect.any(ServiceUnavailableException) }),
    ]);
  });

  it('leaves the answer to the filter of the application, and goes by its status', async () => {
    const served = await serve(adapter, own);

    const answers = [];
    for (const path of ['/handler', '/domain?status=503', '/domain?status=404', '/nowhere']) {
      answers.push(await (await served.fetch(path)).json());
    }
    await served.close();

    expect(answers).toEqual([{ status: 500 }, { status: 503 }, { status: 404 }, { status: 500 }]);
    expect(served.failed.map(({ path, status }) => [path, status])).toEqual([
      ['/handler', 500],
      ['/domain', 503],
      ['/nowhere', 500],
    ]);
    expectOneEndForEachStart(served);
  });

  it('does not come for a 4xx', async () => {
    const served = await serve(adapter, { controllers: [Failing] });

    const { status: unknown } = await served.fetch('/nowhere');
    const { status: refused } = await served.fetch('/domain?status=none');
    const { status: malformed } = await served.fetch('/handler', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"half',
    });
    await served.close();

    expect([unknown, refused, malformed]).toEqual([404, 400, expect.any(Number)]);
    expect(served.finished).toHaveLength(3);
    expect(served.failed).toEqual([]);
  });

  it('comes once for an error that found its client gone', async () => {
    const served = await serve(adapter, own);
    const wire = await Wire.to(served);

    wire.send('GET', '/late');
    await served.starts();
    wire.leave();
    await served.finishes();
    served.app.get(Failing).gate.open();
    await served.fails();
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.failed).toEqual([expect.objectContaining({ error: broken, status: 500 })]);
  });

  it('does not come for a 4xx that found its client gone', async () => {
    const served = await serve(adapter, own);
    const wire = await Wire.to(served);
    const { gate } = served.app.get(Failing);

    wire.send('GET', '/late?status=404');
    await served.starts();
    wire.leave();
    await served.finishes();
    gate.open();
    const next = await Wire.to(served);
    await next.send('GET', '/late').reads('HTTP/1.1 500');
    next.leave();
    await served.close();

    expect(served.failed.map(({ error }) => error)).toEqual([broken]);
  });

  it('does not come for a 5xx that no error led to', async () => {
    const served = await serve(
      adapter,
      { controllers: [Failing] },
      {
        prepare: (app) =>
          app.use((_request: unknown, response: { statusCode: number; end(): void }) => {
            response.statusCode = 503;
            response.end();
          }),
      },
    );

    await served.fetch('/handler');
    await served.close();

    expect(served.finished).toEqual([expect.objectContaining({ status: 503 })]);
    expect(served.failed).toEqual([]);
  });
});
