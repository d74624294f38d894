import { describe, expect, it, jest } from '@jest/globals';
import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ExternalContextCreator, NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { defineSignal, Signals, Receiver, SignalsModule, adminOf } from 'nestjs-signals';
import { requestFailed, requestFinished, requestStarted } from 'nestjs-signals/nestjs';
import { Desk } from './request-desk.js';
import {
  adapterNames,
  adapters,
  expectOneEndForEachStart,
  Gate,
  serve,
  Served,
  Wire,
} from './request-support.js';
import { start } from './support.js';

describe.each(adapterNames)('Request signals on %s', (adapter) => {
  it('change nothing about an answer when their receivers fail, which is reported', async () => {
    const onError = jest.fn();
    const served = await serve(adapter, { controllers: [Desk] }, { signals: { onError } });
    for (const signal of [requestStarted, requestFailed, requestFinished]) {
      served.signals.connect(signal, () => {
        throw new Error(`receiver of ${signal.name}`);
      });
    }

    const ok = await served.fetch('/ok');
    const broken = await served.fetch('/broken');
    const body: unknown = await broken.json();
    await served.close();

    expect(await ok.json()).toEqual({ ok: true });
    expect(body).toEqual({ statusCode: 500, message: 'Internal server error' });
    expectOneEndForEachStart(served);
    expect(onError.mock.calls.map(([error]) => (error as Error).message)).toEqual([
      'receiver of http.requestStarted',
      'receiver of http.requestFinished',
      'receiver of http.requestStarted',
      'receiver of http.requestFailed',
      'receiver of http.requestFinished',
    ]);
  });

  it('delay no answer and no other request by receivers that take their time', async () => {
    const served = await serve(adapter, { controllers: [Desk] });
    const gate = new Gate();
    served.signals.connect(requestFailed, () => gate.opened);
    served.signals.connect(requestFinished, () => gate.opened);
    const wire = await Wire.to(served);

    await wire.send('GET', '/broken').reads('HTTP/1.1 500');
    await wire.send('GET', '/broken').reads('HTTP/1.1 500', 2);
    gate.open();
    wire.leave();
    await served.close();

    expect(served.finished).toHaveLength(2);
  });

  it('let a shutdown wait for their receivers', async () => {
    const served = await serve(adapter, { controllers: [Desk] });
    const gate = new Gate();
    const ended: string[] = [];
    served.signals.connect(requestFinished, async () => {
      await gate.opened;
      ended.push('receiver');
    });

    await (await served.fetch('/ok')).text();
    await served.finishes();
    const closing = served.close().then(() => ended.push('application'));
    gate.open();
    await closing;

    expect(ended).toEqual(['receiver', 'application']);
  });

  it('say nothing of a request that arrived while nobody listened', async () => {
    const module = await Test.createTestingModule({
      imports: [SignalsModule.forRoot()],
      controllers: [Desk],
    }).compile();
    const app = module.createNestApplication(adapters[adapter](), { logger: false });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    const wire = await Wire.to({ port });

    await wire.send('GET', '/stream').reads('first');
    const served = new Served(app);
    app.get(Desk).gate.open();
    await wire.send('GET', '/ok').reads('{"ok":true}');
    wire.leave();
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.finished.map(({ path }) => path)).toEqual(['/ok']);
  });

  it('are off by an option', async () => {
    const served = await serve(adapter, { controllers: [Desk] }, { signals: { requests: false } });

    const { status } = await served.fetch('/ok');
    await served.close();

    expect(status).toBe(200);
    expect([...served.started, ...served.finished]).toEqual([]);
  });

  it('are heard by their own application only', async () => {
    const one = await serve(adapter, { controllers: [Desk] });
    const other = await serve(adapter, { controllers: [Desk] });

    await one.fetch('/broken');
    await Promise.all([one.close(), other.close()]);

    expect([one.started, one.failed, one.finished].map(({ length }) => length)).toEqual([1, 1, 1]);
    expect([...other.started, ...other.failed, ...other.finished]).toEqual([]);
  });

  it('come once when the application is initialized twice', async () => {
    const served = await serve(adapter, { controllers: [Desk] });

    await served.app.init();
    await served.fetch('/ok');
    await served.close();

    expectOneEndForEachStart(served);
    expect(served.started).toHaveLength(1);
  });

  it('leave the hook of another tool in its place', async () => {
    const hook = jest.fn((_request: unknown, _response: unknown, done: () => void) => done());
    const served = await serve(
      adapter,
      { controllers: [Desk] },
      {
        prepare: (app) => (app.getHttpAdapter() as AbstractHttpAdapter).setOnRequestHook(hook),
      },
    );

    const { status } = await served.fetch('/ok');
    await served.close();

    expect(status).toBe(200);
    expect(hook).toHaveBeenCalledTimes(1);
    expectOneEndForEachStart(served);
  });

  it('are refused to a receiver that names a sender', async () => {
    class Waiting {
      @Receiver(requestFinished, { sender: Desk, dispatchUid: 'waiting.hear' })
      hear(): void {}
    }

    const starting = serve(adapter, { controllers: [Desk], providers: [Waiting] });

    await expect(starting).rejects.toThrow(/'waiting\.hear'.*Desk.*a request has no sender/);
  });
});

describe.each(adapterNames)('A request under way when the application closes, on %s', (adapter) => {
  const paid = defineSignal<object>('test.paid');

  it('is still told of, and what it sends is received before a database would close', async () => {
    const order: string[] = [];
    class Database implements OnApplicationShutdown {
      onApplicationShutdown(): void {
        order.push('database closed');
      }
    }
    @Global()
    @Module({ providers: [Database] })
    class DatabaseModule {}
    const served = await serve(adapter, { controllers: [Desk], imports: [DatabaseModule] });
    const gate = new Gate();
    served.signals.connect(paid, () => void order.push('paid'));
    served.signals.connect(requestFinished, async () => {
      await gate.opened;
      order.push('finished');
    });
    const desk = served.app.get(Desk);
    void desk.gate.opened.then(() => served.signals.send(paid, {}));
    const wire = await Wire.to(served);

    wire.send('GET', '/waiting');
    await served.starts();
    const closing = served.close();
    desk.gate.open();
    await wire.reads('at last');
    gate.open();
    wire.leave();
    await closing;

    expectOneEndForEachStart(served);
    expect(order).toEqual(['paid', 'finished', 'database closed']);
  });
});

describe('An application without HTTP', () => {
  it('starts, sends and closes as ever', async () => {
    @Module({ imports: [SignalsModule.forRoot()] })
    class Batch {}
    const application = await NestFactory.createApplicationContext(Batch, { logger: false });
    const signals = application.get(Signals);
    signals.connect(requestFinished, () => {});

    expect(adminOf(signals).hasReceivers(requestFinished, null)).toBe(true);
    await application.close();
  });

  it('calls its other transports as ever, whatever these pass', async () => {
    class Resolver {
      resolve(...passed: unknown[]): unknown[] {
        return passed;
      }
    }
    const application = await start({ providers: [Resolver] });
    const resolver = application.get(Resolver);
    const call = application
      .get(ExternalContextCreator)
      .create(resolver, resolver.resolve.bind(resolver), 'resolve');

    expect(await call(undefined)).toEqual([undefined]);
    expect(await call(null, 1)).toEqual([null, 1]);
    expect(await call('text')).toEqual(['text']);
    await application.close();
  });
});
