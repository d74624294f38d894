import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExceptionsHandler } from '@nestjs/core/exceptions/exceptions-handler.js';
import { Test } from '@nestjs/testing';
import { Signals, SignalsModule } from 'nestjs-signals';
import { requestStarted } from 'nestjs-signals/nestjs';
import { InspectorModule } from 'nestjs-signals-inspector';
import { Desk } from './request-desk.js';
import { adapterNames, adapters, serve } from './request-support.js';

type Hook = (request: unknown, response: unknown, done: () => void) => void;

const orders = ['signals first', 'inspector first'];

describe.each(adapterNames)('What is taken of Nest, on %s', (adapter) => {
  let app: INestApplication | undefined;
  afterEach(() => app?.close());

  const create = async (order: string): Promise<AbstractHttpAdapter> => {
    const imports = [
      SignalsModule.forRoot(),
      InspectorModule.forRoot({ environment: 'development' }),
    ];
    if (order === 'inspector first') imports.reverse();
    const module = await Test.createTestingModule({ imports, controllers: [Desk] }).compile();
    const server = adapters[adapter]();
    app = module.createNestApplication(server, { logger: false });
    return server;
  };
  const slotOf = (server: AbstractHttpAdapter): Record<string, unknown> => ({
    hook: (server as unknown as { onRequestHook?: Hook }).onRequestHook,
    setter: Object.hasOwn(server, 'setOnRequestHook'),
    emit: Object.hasOwn(server.getHttpServer() as object, 'emit'),
  });

  it('is as before once the last of several applications has closed', async () => {
    const handler = ExceptionsHandler.prototype as { readonly next: unknown };
    const { next } = handler;
    const [one, two] = [await serve(adapter, {}), await serve(adapter, {})];

    expect(handler.next).not.toBe(next);
    await one.close();
    expect(handler.next).not.toBe(next);
    await two.close();

    expect(handler.next).toBe(next);
  });

  it.each(orders)(
    'is as before in the adapter and its server when it has closed: %s',
    async (order) => {
      const server = await create(order);
      await app?.listen(0, '127.0.0.1');
      const during = slotOf(server);
      await app?.close();

      expect(during).toEqual({ hook: expect.any(Function), setter: true, emit: true });
      expect(slotOf(server)).toEqual({ hook: undefined, setter: false, emit: false });
    },
  );

  it.each(orders)(
    'leaves the slot to a hook of the application, set at any time: %s',
    async (order) => {
      const server = await create(order);
      const mine = jest.fn<Hook>((_request, _response, done) => done());
      const early = jest.fn<Hook>((_request, _response, done) => done());
      server.setOnRequestHook(early);
      await app?.init();
      await app?.listen(0, '127.0.0.1');
      const url = await app?.getUrl();
      let started = 0;
      app?.get(Signals).connect(requestStarted, () => void (started += 1));

      await fetch(`${url}/ok`);
      server.setOnRequestHook(mine);
      const { status } = await fetch(`${url}/ok`);
      const inspector = await fetch(`${url}/_signals`);
      await app?.close();

      expect([status, inspector.status, started]).toEqual([200, 401, 3]);
      expect([early.mock.calls.length, mine.mock.calls.length]).toEqual([1, 1]);
      expect(slotOf(server)).toEqual({ hook: mine, setter: false, emit: false });
    },
  );
});
