import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import { connect } from 'node:http2';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Desk } from './request-desk.js';
import { expectOneEndForEachStart, serve, Wire } from './request-support.js';

describe('A request that comes by another way', () => {
  it('is told of once when it is injected into Fastify', async () => {
    const served = await serve('Fastify', { controllers: [Desk] });
    const app = served.app as NestFastifyApplication;

    const { statusCode } = await app.inject({ url: '/ok' });
    await served.close();

    expect(statusCode).toBe(200);
    expectOneEndForEachStart(served);
    expect(served.finished).toEqual([
      expect.objectContaining({ path: '/ok', status: 200, handler: 'Desk.ok', aborted: false }),
    ]);
  });

  it('is told of once when it is injected and its answer given up', async () => {
    const served = await serve('Fastify', { controllers: [Desk] });
    const app = served.app as NestFastifyApplication;

    await expect(app.inject({ url: '/dropped' })).rejects.toThrow('destroyed');
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.finished).toEqual([expect.objectContaining({ status: null, aborted: true })]);
  });

  it('is told of once when another server hands it to Express', async () => {
    const served = await serve('Express', { controllers: [Desk] });
    const further = createServer(served.app.getHttpAdapter().getInstance() as RequestListener);
    await new Promise<void>((resolve) => further.listen(0, '127.0.0.1', resolve));
    const wire = await Wire.to(further.address() as { port: number });

    await wire.send('POST', '/echo', '{"half').reads('HTTP/1.1 400');
    await served.finishes();
    wire.leave();
    await new Promise((resolve) => further.close(resolve));
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.finished).toEqual([expect.objectContaining({ path: '/echo', status: 400 })]);
  });

  it('is told of once when a serverless runtime makes it up for Express', async () => {
    const served = await serve('Express', { controllers: [Desk] });
    const request = new IncomingMessage(undefined as unknown as Socket);
    const response = new ServerResponse(Object.assign(request, { method: 'GET', url: '/ok' }));
    response.assignSocket(new PassThrough() as unknown as Socket);

    (served.app.getHttpAdapter().getInstance() as RequestListener)(request, response);
    await served.finishes();
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.finished).toEqual([expect.objectContaining({ status: 200, aborted: false })]);
  });

  it.each([
    ['/ok', false],
    ['/stream', true],
  ])('is told of once by HTTP/2: %s, aborted %s', async (path, aborted) => {
    const served = await serve(new FastifyAdapter({ http2: true }), { controllers: [Desk] });
    const client = connect(`http://127.0.0.1:${served.port}`);
    const stream = client.request({ ':path': path });

    await once(stream, 'data');
    if (aborted) stream.close();
    await served.finishes();
    client.close();
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.finished).toEqual([expect.objectContaining({ path, status: 200, aborted })]);
  });
});
