import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Injectable, type CanActivate } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { requestStarted } from 'nestjs-signals/nestjs';
import { Desk } from './request-desk.js';
import { adapterNames, expectOneEndForEachStart, Gate, serve, Wire } from './request-support.js';

describe.each(adapterNames)('requestStarted on %s', (adapter) => {
  it('comes before middleware, guards and handlers', async () => {
    const order: string[] = [];
    @Injectable()
    class Note implements CanActivate {
      canActivate(): boolean {
        order.push('guard');
        return true;
      }
    }
    const served = await serve(
      adapter,
      { controllers: [Desk], providers: [{ provide: APP_GUARD, useClass: Note }] },
      {
        prepare: (app) =>
          app.use((_request: unknown, _response: unknown, next: () => void) => {
            order.push('middleware');
            next();
          }),
      },
    );
    served.signals.connect(requestStarted, () => order.push('started'));

    await served.fetch('/ok');

    expect(order).toEqual(['started', 'middleware', 'guard']);
    await served.close();
  });

  it('tells method and path, and shows no query string and no header by itself', async () => {
    const served = await serve(adapter, { controllers: [Desk] });

    await served.fetch('/ok?token=secret', { headers: { authorization: 'secret' } });

    const [event] = served.started;
    expect(event).toEqual({ id: expect.any(String), method: 'GET', path: '/ok' });
    expect(event?.request.headers.authorization).toBe('secret');
    expect(inspect(event, { depth: 9 }) + JSON.stringify({ ...event })).not.toContain('secret');
    await served.close();
  });

  it('lets no receiver hold a request up', async () => {
    const served = await serve(adapter, { controllers: [Desk] });
    const gate = new Gate();
    served.signals.connect(requestStarted, () => gate.opened);

    const { status } = await served.fetch('/ok');

    expect(status).toBe(200);
    gate.open();
    await served.close();
  });
});

describe.each(adapterNames)('requestFinished on %s', (adapter) => {
  it.each([
    ['an answer', 'GET', '/ok', undefined, [200], 'Desk.ok'],
    ['an answer to HEAD', 'HEAD', '/ok', undefined, [200], 'Desk.ok'],
    ['an unknown route', 'GET', '/nowhere', undefined, [404], null],
    ['a malformed URL', 'GET', '/%zz', undefined, [400, 404], null],
    ['a refusal by a guard', 'GET', '/refused', undefined, [403], 'Desk.refused'],
    ['a malformed body', 'POST', '/echo', '{"half', [400], null],
    ['an error', 'GET', '/broken', undefined, [500], 'Desk.broken'],
    ['an answer past the adapter', 'GET', '/raw', undefined, [200], 'Desk.raw'],
  ] as const)('comes exactly once for %s', async (_, method, path, body, statuses, handler) => {
    const served = await serve(adapter, { controllers: [Desk] });
    const wire = await Wire.to(served);

    await wire.send(method, path, body).reads('HTTP/1.1');
    await served.finishes();
    wire.leave();
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.finished).toEqual([
      {
        id: expect.any(String),
        method,
        path,
        handler,
        status: expect.any(Number),
        duration: expect.any(Number),
        aborted: false,
      },
    ]);
    expect(statuses).toContain(served.finished[0]?.status);
    expect(served.finished[0]?.duration).toBeGreaterThan(0);
  });

  it('comes exactly once for an answer by middleware', async () => {
    const served = await serve(
      adapter,
      { controllers: [Desk] },
      {
        prepare: (app) =>
          app.use((_request: unknown, response: { end(text: string): void }) => {
            response.end('early');
          }),
      },
    );

    await served.fetch('/ok');
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.finished).toEqual([expect.objectContaining({ status: 200, handler: null })]);
  });

  it('comes once for each request of a connection that stays open', async () => {
    const served = await serve(adapter, { controllers: [Desk] });
    const wire = await Wire.to(served);

    for (const count of [1, 2, 3]) await wire.send('GET', '/ok').reads('HTTP/1.1 200', count);
    wire.leave();
    await served.close();

    expect(served.finished).toHaveLength(3);
    expectOneEndForEachStart(served);
  });

  it('comes once for each pipelined request, and many of them bring no warning', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const served = await serve(adapter, { controllers: [Desk] });
    const wire = await Wire.to(served);

    for (let count = 0; count < 12; count += 1) wire.send('GET', '/ok');
    await wire.reads('HTTP/1.1 200', 12);
    wire.leave();
    await served.close();
    process.off('warning', note);

    expect(served.finished).toHaveLength(12);
    expectOneEndForEachStart(served);
    expect(warnings).toEqual([]);
  });

  it.each(['/stream', '/events'])('comes after the last byte of %s', async (path) => {
    const served = await serve(adapter, { controllers: [Desk] });
    const wire = await Wire.to(served);

    await wire.send('GET', path).reads('first');
    const early = served.finished.length;
    served.app.get(Desk).gate.open();
    await served.finishes();
    wire.leave();
    await served.close();

    expect(early).toBe(0);
    expect(served.finished).toEqual([expect.objectContaining({ status: 200, aborted: false })]);
  });

  it('comes once, as aborted, for a body that fails half-way', async () => {
    const served = await serve(adapter, { controllers: [Desk] });
    const wire = await Wire.to(served);

    await wire.send('GET', '/torn').reads('first');
    served.app.get(Desk).gate.open();
    await served.finishes();
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.finished).toEqual([expect.objectContaining({ status: 200, aborted: true })]);
  });

  it('comes once for an answer that the server gives up', async () => {
    const served = await serve(adapter, { controllers: [Desk] });
    const wire = await Wire.to(served);

    wire.send('GET', '/dropped');
    await served.finishes();
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.finished).toEqual([expect.objectContaining({ status: null, aborted: true })]);
  });

  it('comes once, without a status, when the client leaves before the answer', async () => {
    const served = await serve(adapter, { controllers: [Desk] });
    const wire = await Wire.to(served);

    wire.send('GET', '/waiting');
    await served.starts();
    wire.leave();
    await served.finishes();
    served.app.get(Desk).gate.open();
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.finished).toEqual([expect.objectContaining({ status: null, aborted: true })]);
  });

  it('comes once when the client leaves in the middle of its upload', async () => {
    const served = await serve(adapter, { controllers: [Desk] });
    const wire = await Wire.to(served);

    wire.send('POST', '/echo', '{"half": ', 1_000);
    await served.starts();
    wire.leave();
    await served.finishes();
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.finished).toEqual([expect.objectContaining({ handler: null, aborted: true })]);
  });

  it.each(['/stream', '/events'])('comes once when the client leaves %s half-way', async (path) => {
    const served = await serve(adapter, { controllers: [Desk] });
    const wire = await Wire.to(served);

    await wire.send('GET', path).reads('first');
    wire.leave();
    await served.finishes();
    served.app.get(Desk).gate.open();
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.finished).toEqual([expect.objectContaining({ status: 200, aborted: true })]);
  });

  it('comes once for each request that waited behind another when the client left', async () => {
    const served = await serve(adapter, { controllers: [Desk] });
    const wire = await Wire.to(served);

    wire.send('GET', '/waiting').send('GET', '/ok').send('POST', '/echo', '{}');
    await served.starts(3);
    wire.leave();
    await served.finishes(3);
    served.app.get(Desk).gate.open();
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.finished.map(({ aborted }) => aborted)).toEqual([true, true, true]);
  });

  it('comes once for what a closing application cuts off', async () => {
    const served = await serve(
      adapter,
      { controllers: [Desk] },
      { nest: { forceCloseConnections: true } },
    );
    const wire = await Wire.to(served);

    await wire.send('GET', '/events').reads('first');
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.finished).toEqual([expect.objectContaining({ status: 200, aborted: true })]);
  });
});
