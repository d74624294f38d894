import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import {
  Body,
  Catch,
  Controller,
  Post,
  Req,
  type ArgumentsHost,
  type ExceptionFilter,
  type INestApplication,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { requestFailed, requestFinished } from 'nestjs-signals/nestjs';
import { adapterNames, expectOneEndForEachStart, Gate, serve, Wire } from './request-support.js';

@Controller()
class Uploads {
  readonly reading = new Gate();

  @Post('upload')
  upload(@Body() _body: object): void {}

  @Post('upload/raw')
  async raw(@Req() request: { readonly raw?: IncomingMessage } & IncomingMessage): Promise<void> {
    const body = buffer(request.raw ?? request);
    this.reading.open();
    await body;
  }
}

/** To this application, every error is its own. */
@Catch()
class EveryError implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(_error: unknown, host: ArgumentsHost): void {
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), {}, 500);
  }
}

const own = {
  controllers: [Uploads],
  providers: [{ provide: APP_FILTER, useClass: EveryError }],
};

/** Fastify refuses bodies of a type that it cannot read; Express leaves them to the handler. */
function letThrough(type: string, app: INestApplication): void {
  const server = app.getHttpAdapter().getInstance() as {
    addContentTypeParser?(
      type: string,
      read: (request: unknown, body: unknown, done: (error: null) => void) => void,
    ): void;
  };
  if (type !== 'application/json') {
    server.addContentTypeParser?.(type, (_request, _body, done) => done(null));
  }
}

describe.each(adapterNames)('An upload that is cut off, on %s', (adapter) => {
  it.each([
    ['its body is read for it', 'upload', 'application/json', null],
    ['its handler reads it', 'upload/raw', 'application/octet-stream', 'Uploads.raw'],
  ])(
    'is told to fail before it is told to have finished, when %s',
    async (_, path, type, handler) => {
      const served = await serve(adapter, own, { prepare: (app) => letThrough(type, app) });
      const aborted: unknown = expect.objectContaining({
        message: expect.stringContaining('aborted'),
      });
      const order: string[] = [];
      served.signals.connect(requestFailed, async () => {
        await new Promise(setImmediate);
        order.push('failed');
      });
      served.signals.connect(requestFinished, () => order.push('finished'));
      const wire = await Wire.to(served);

      wire.socket.write(
        `POST /${path} HTTP/1.1\r\nhost: test\r\ncontent-type: ${type}\r\ncontent-length: 999\r\n\r\n{"half`,
      );
      await served.starts();
      if (handler) await served.app.get(Uploads).reading.opened;
      wire.leave();
      await served.finishes();
      await served.close();

      expect(order).toEqual(['failed', 'finished']);
      expect(served.failed).toEqual([
        expect.objectContaining({ status: 500, handler, error: aborted }),
      ]);
      expect(served.finished).toEqual([expect.objectContaining({ status: 500, aborted: true })]);
      expectOneEndForEachStart(served);
    },
  );
});
