import { once } from 'node:events';
import { get, request as ask, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { defineSignal, Signals, SignalsModule } from 'nestjs-signals';
import {
  Inspector,
  InspectorModule,
  inspectorToken,
  type InspectorOptions,
} from 'nestjs-signals-inspector';
import {
  adapterNames,
  adapters,
  type AdapterName,
} from '../../signals/test/nestjs/request-support.js';

const greeted = defineSignal<{ name: string }>('access.greeted');

@Controller('greetings')
class Greetings {
  constructor(@Inject(Signals) private readonly signals: Signals) {}

  @Get()
  async greet(): Promise<string> {
    await this.signals.send(greeted, { name: 'a secret name' });
    return 'hello';
  }
}

async function start(adapter: AdapterName, options: InspectorOptions): Promise<INestApplication> {
  const module = await Test.createTestingModule({
    imports: [SignalsModule.forRoot(), InspectorModule.forRoot(options)],
    controllers: [Greetings],
  }).compile();
  const app = module.createNestApplication(adapters[adapter](), { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

describe.each(adapterNames)('Access to the inspector on %s', (adapter) => {
  let app: INestApplication | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });
  const open = async (options: InspectorOptions): Promise<string> => {
    app = await start(adapter, options);
    return `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  };

  it('refuses to start in production without a resolver', async () => {
    const started = start(adapter, { environment: 'production', enabled: true });

    await expect(started).rejects.toMatchObject({ name: 'InspectorAccessError' });
  });

  it('is as unknown as any other address in production', async () => {
    const url = await open({ environment: 'production' });

    const answers = await Promise.all(
      ['/_signals', '/_signals/api/traces', '/_unknown'].map((path) => fetch(url + path)),
    );
    const { headers } = await fetch(`${url}/greetings`);

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(headers.has('x-signals-trace')).toBe(false);
  });

  it('asks the resolver for every request, and answers none as if it were not there', async () => {
    const asked: string[] = [];
    const url = await open({
      environment: 'production',
      enabled: true,
      access: ({ headers }) => {
        asked.push('asked');
        return headers.authorization === 'staff' ? 'operate' : 'none';
      },
    });

    const refused = await fetch(`${url}/_signals/api/about`);
    const allowed = await fetch(`${url}/_signals/api/about`, {
      headers: { authorization: 'staff' },
    });

    expect([refused.status, allowed.status, asked.length]).toEqual([404, 200, 2]);
  });

  it('treats a resolver that fails as one that refuses', async () => {
    const url = await open({
      environment: 'production',
      enabled: true,
      access: () => Promise.reject(new Error('no')),
    });

    expect((await fetch(`${url}/_signals/api/about`)).status).toBe(404);
  });

  it('gives a reader no value, and lets it change nothing', async () => {
    const url = await open({ environment: 'production', enabled: true, access: () => 'read' });
    await fetch(`${url}/greetings?token=abc`);

    const { traces } = (await (await fetch(`${url}/_signals/api/traces`)).json()) as {
      traces: { id: string }[];
    };
    const shown = await (await fetch(`${url}/_signals/api/traces/${traces[0]?.id}`)).text();
    const pinned = await fetch(`${url}/_signals/api/traces/${traces[0]?.id}/pin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"isPinned":true}',
    });

    expect(shown).toContain('access.greeted');
    expect(shown).not.toMatch(/input|characters|secret|"path"/);
    expect(pinned.status).toBe(403);
  });

  it('lets a browser that followed the link in over a restart, and no other', async () => {
    const enter = async (url: string, cookie: string) =>
      (await fetch(`${url}/_signals/api/about`, { headers: { cookie } })).status;
    const first = await open({ environment: 'development' });
    const link = app?.get(Inspector).link(first) ?? '';
    const { headers } = await fetch(link, { redirect: 'manual' });
    const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
    await app?.close();

    const second = await open({ environment: 'development' });

    expect(await enter(second, cookie)).toBe(200);
    expect(await enter(second, `${cookie}x`)).toBe(401);
    expect(await enter(second, cookie.replace(/=\d/, '=9'))).toBe(401);
  });

  it('lets tools of the same user in by a token of the process', async () => {
    const url = await open({ environment: 'development' });
    const token = inspectorToken(Number(new URL(url).port)) ?? '';

    const refused = await fetch(`${url}/_signals/api/traces`);
    const allowed = await fetch(`${url}/_signals/api/traces`, {
      headers: { authorization: `Bearer ${token}` },
    });

    expect([refused.status, allowed.status]).toEqual([401, 200]);
    await app?.close();
    app = undefined;
    expect(inspectorToken(Number(new URL(url).port))).toBeUndefined();
  });

  it('closes with a stream open, and tells it of traces as they come', async () => {
    const url = await open({ environment: 'production', enabled: true, access: () => 'operate' });
    const heard = await openStream(url);

    await heard('event: hello');
    await fetch(`${url}/greetings`);
    const text = await heard('"path":"/greetings"');
    await app?.close();
    app = undefined;

    expect(text).toMatch(/id: [0-9a-f]{12}:\d+/);
  });

  it('tells an open page when a receiver has come', async () => {
    const url = await open({ environment: 'production', enabled: true, access: () => 'operate' });
    const heard = await openStream(url);

    await heard('event: hello');
    app?.get(Signals).connect(greeted, () => {}, { dispatchUid: 'access.late' });

    expect(await heard('event: registry')).toMatch(/"receivers":\d+/);
  });

  it('reads no sources outside development', async () => {
    const url = await open({ environment: 'production', enabled: true, access: () => 'operate' });

    const { status } = await fetch(`${url}/_signals/api/checks/sources`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const about = (await (await fetch(`${url}/_signals/api/about`)).json()) as { canLint: boolean };

    expect([status, about.canLint]).toEqual([404, false]);
  });

  it('reads sources for whoever sends JSON, and not for the form of another site', async () => {
    const url = await open({ environment: 'development', enabled: true, access: () => 'operate' });
    const form = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' };

    const { status } = await fetch(`${url}/_signals/api/checks/sources`, form);
    const bare = await fetch(`${url}/_signals/api/checks/sources`, { method: 'POST' });

    expect([status, bare.status]).toEqual([415, 415]);
  });

  it('refuses bodies that are no JSON object, and methods that it does not know', async () => {
    const url = await open({ environment: 'production', enabled: true, access: () => 'operate' });
    const post = (body: string, type = 'application/json') =>
      fetch(`${url}/_signals/api/traces/none/pin`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      });

    const answers = await Promise.all([post('x', 'text/plain'), post('{'), post('[]')]);
    const removed = await new Promise((resolve) => {
      ask(`${url}/_signals/api/traces`, { method: 'DELETE' }, (response) => {
        resolve(response.statusCode);
        response.resume();
      }).end();
    });

    expect(answers.map(({ status }) => status)).toEqual([415, 400, 400]);
    expect(removed).toBe(405);
  });
});

/** Waits on an open stream until it has told of something. */
async function openStream(url: string): Promise<(text: string) => Promise<string>> {
  let told = '';
  const stream = await new Promise<IncomingMessage>((resolve) => {
    get(`${url}/_signals/api/stream`, resolve);
  });
  stream.on('data', (chunk) => (told += String(chunk)));
  return async (text) => {
    while (!told.includes(text)) await once(stream, 'data');
    return told;
  };
}
