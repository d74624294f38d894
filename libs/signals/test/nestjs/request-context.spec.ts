import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { requestFinished } from 'nestjs-signals/nestjs';
import { Desk } from './request-desk.js';
import { adapterNames, serve, Wire, type Served } from './request-support.js';

describe.each(adapterNames)('The context of requestFinished on %s', (adapter) => {
  const storage = new AsyncLocalStorage<string>();
  const prepare = (app: INestApplication): void => {
    app.use((request: { url: string }, _response: unknown, next: () => void) =>
      storage.run(request.url, next),
    );
  };

  async function storesOf(work: (served: Served, wire: Wire) => Promise<void>): Promise<unknown[]> {
    const stores: unknown[] = [];
    const served = await serve(adapter, { controllers: [Desk] }, { prepare });
    served.signals.connect(requestFinished, ({ path }) => stores.push([path, storage.getStore()]));
    await work(served, await Wire.to(served));
    await served.close();
    return stores;
  }

  it.each([
    ['/ok', 'is answered'],
    ['/refused', 'is refused'],
    ['/nowhere', 'is unknown'],
  ])('is the one that middleware opened for a request: %s %s', async (path) => {
    const stores = await storesOf(async (served, wire) => {
      await wire.send('GET', path).reads('HTTP/1.1');
      await served.finishes();
      wire.leave();
    });

    expect(stores).toEqual([[path, path]]);
  });

  it('is the one that middleware opened when the client leaves', async () => {
    const stores = await storesOf(async (served, wire) => {
      await wire.send('GET', '/stream').reads('first');
      wire.leave();
      await served.finishes();
      served.app.get(Desk).gate.open();
    });

    expect(stores).toEqual([['/stream', '/stream']]);
  });

  it('is its own when it was answered behind another request of its connection', async () => {
    const stores = await storesOf(async (served, wire) => {
      wire.send('GET', '/waiting').send('GET', '/ok');
      await served.starts(2);
      served.app.get(Desk).gate.open();
      await served.finishes(2);
      wire.leave();
    });

    expect(stores).toEqual([
      ['/waiting', '/waiting'],
      ['/ok', '/ok'],
    ]);
  });
});
