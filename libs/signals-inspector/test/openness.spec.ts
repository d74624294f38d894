import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { defineSignal, Signals, SignalsModule } from 'nestjs-signals';
import { requestFinished, requestStarted } from 'nestjs-signals/nestjs';
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

const greeted = defineSignal<{ name: string }>('openness.greeted');

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

function setNodeEnv(value: string | undefined): void {
  if (value === undefined) delete process.env['NODE_ENV'];
  else process.env['NODE_ENV'] = value;
}

describe.each(adapterNames)('The inspector on %s', (adapter) => {
  let app: INestApplication | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });
  const open = async (options: InspectorOptions): Promise<string> => {
    app = await start(adapter, options);
    return `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  };

  it.each([undefined, '', 'production', 'Development', 'dev', 'test', 'staging'])(
    'is off where NODE_ENV is %j, which is not literally development',
    async (environment) => {
      const former = process.env['NODE_ENV'];
      setNodeEnv(environment);
      try {
        const url = await open({});
        const inspector = app?.get(Inspector);

        const page = await fetch(`${url}/_signals`);
        const { headers } = await fetch(`${url}/greetings`);
        await expect(start(adapter, { enabled: true })).rejects.toThrow(
          environment ? `enabled in '${environment}'` : 'enabled where NODE_ENV is not set',
        );

        expect([page.status, headers.has('x-signals-trace')]).toEqual([404, false]);
        expect([inspector?.isEnabled, inspector?.recorder, inspector?.link(url)]).toEqual([
          false,
          undefined,
          undefined,
        ]);
      } finally {
        setNodeEnv(former);
      }
    },
  );

  it.each([
    { forwarded: 'for=203.0.113.9' },
    { 'x-forwarded-for': '203.0.113.9' },
    { 'x-forwarded-host': 'shop.example' },
    { 'x-forwarded-proto': 'https' },
    { 'x-real-ip': '203.0.113.9' },
    { via: '1.1 proxy' },
    { 'x-original-forwarded-for': '203.0.113.9' },
    { 'cf-connecting-ip': '203.0.113.9' },
    { 'true-client-ip': '203.0.113.9' },
    { 'x-cluster-client-ip': '203.0.113.9' },
    { 'x-azure-clientip': '203.0.113.9' },
    { 'x-original-host': 'shop.example' },
    { 'x-envoy-external-address': '203.0.113.9' },
    { 'cdn-loop': 'cloudflare' },
  ])('takes nobody for this machine whom a proxy asks for: %j', async (header) => {
    const url = await open({ environment: 'development' });
    const link = app?.get(Inspector).link(url) ?? '';
    const cookie = (await fetch(link, { redirect: 'manual' })).headers.get('set-cookie') ?? '';
    const token = inspectorToken(Number(new URL(url).port)) ?? '';
    const asked = (path: string, headers: Record<string, string> = {}) =>
      fetch(path, { headers: { ...header, ...headers }, redirect: 'manual' });

    const answers = [
      await asked(`${url}/_signals`),
      await asked(app?.get(Inspector).link(url) ?? ''),
      await asked(`${url}/_signals/api/traces`, { cookie: cookie.split(';')[0] ?? '' }),
      await asked(`${url}/_signals/api/traces`, { authorization: `Bearer ${token}` }),
    ];
    const { headers } = await asked(`${url}/greetings`);
    const { headers: own } = await fetch(`${url}/greetings`);

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect([headers, own].map((each) => each.has('x-signals-trace'))).toEqual([false, true]);
    expect([headers, own].map((each) => each.has('x-signals-summary'))).toEqual([false, true]);
  });

  it('records no request of its own, and one trace of every other, whoever hears requests', async () => {
    const url = await open({ environment: 'production', enabled: true, access: () => 'operate' });
    const signals = app?.get(Signals);
    const heard: string[] = [];
    for (const signal of [requestStarted, requestFinished]) {
      signals?.connect(signal, ({ path }) => void heard.push(path));
    }

    const traces = async () => {
      const response = await fetch(`${url}/_signals/api/traces`);
      return ((await response.json()) as { traces: { name: string; entry: string }[] }).traces;
    };
    await traces();
    await fetch(`${url}/_signals`);
    await fetch(`${url}/greetings`);
    await fetch(`${url}/_unknown`);
    const { length } = heard;

    expect((await traces()).map(({ entry, name }) => `${entry} ${name}`)).toEqual([
      'http GET /_unknown',
      'http GET /greetings',
    ]);
    expect(length).toBeGreaterThan(4);
    const statistics = app?.get(Inspector).recorder?.statistics.signals.get('http.requestStarted');
    expect(statistics?.sent).toBe(2);
  });
});
