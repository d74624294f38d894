import { request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  Inspector,
  InspectorModule,
  inspectorToken,
  type InspectorOptions,
} from 'nestjs-signals-inspector';
import { SignalsModule } from 'nestjs-signals';
import { adapterNames, adapters } from '../../signals/test/nestjs/request-support.js';

const ADDRESSES = ['', '/assets/none.js', '/api/about', '/api/traces', '/api/stream', '/api/dead'];
const POSTS = [
  '/api/checks/sources',
  '/api/traces/none/pin',
  '/api/dead/replay',
  '/api/dead/discard',
];
const OWN_HOSTS = ['localhost', 'shop.localhost', '127.0.0.1', '[::1]', '192.168.1.7'];
const ALLOWED_HOSTS = ['admin.example.com', 'ADMIN.example.com', 'admin.example.com:8080'];
const FOREIGN_HOSTS = ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'a b'];
/** What browsers send with a request that another site, or a page of the inspector, makes. */
const FOREIGN: readonly Record<string, string>[] = [
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'cross-site', origin: 'http://localhost' },
  { origin: 'http://evil.example' },
  { origin: 'http://localhost:1' },
  { origin: 'null' },
];
const OWN: readonly Record<string, string>[] = [
  { 'sec-fetch-site': 'same-origin', origin: 'http://localhost' },
  { 'sec-fetch-site': 'same-origin', origin: 'https://in.front.of.a.proxy.example' },
  { origin: 'http://localhost' },
  {},
];

describe.each(adapterNames)('The inspector on %s', (adapter) => {
  let app: INestApplication | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  const open = async (options: InspectorOptions): Promise<number> => {
    const module = await Test.createTestingModule({
      imports: [SignalsModule.forRoot(), InspectorModule.forRoot(options)],
    }).compile();
    app = module.createNestApplication(adapters[adapter](), { logger: false });
    await app.listen(0, '127.0.0.1');
    return (app.getHttpServer().address() as AddressInfo).port;
  };
  /** The status, and the problem where there is one. */
  const send = (port: number, method: string, path: string, headers: Record<string, string>) =>
    new Promise<string>((resolve, reject) => {
      const url = `http://127.0.0.1:${port}/_signals${path}`;
      const sent = ask(url, { method, headers }, (response) => {
        const { statusCode, headers: told } = response;
        const isProblem = told['content-type'] === 'application/problem+json';
        if (!isProblem) {
          response.destroy();
          return resolve(String(statusCode));
        }
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => {
          const { type } = JSON.parse(text) as { type: string };
          resolve(`${statusCode} ${type.split(':').at(-1)}`);
        });
      });
      sent.on('error', reject);
      sent.end(method === 'POST' ? '{}' : undefined);
    });

  it('answers nothing under a name that another site may have resolve to this machine', async () => {
    const port = await open({ environment: 'production', enabled: true, access: () => 'operate' });

    for (const host of [...FOREIGN_HOSTS, ...ALLOWED_HOSTS]) {
      for (const path of [...ADDRESSES, ...POSTS]) {
        const method = POSTS.includes(path) ? 'POST' : 'GET';
        expect([host, path, await send(port, method, path, { host })]).toEqual([
          host,
          path,
          '403 foreign-host',
        ]);
      }
    }
  });

  it('opens no door under such a name, to the printed link nor to the token of tools', async () => {
    const port = await open({ environment: 'development' });
    const link = app?.get(Inspector).link('') ?? '';
    const authorization = `Bearer ${inspectorToken(port)}`;
    const host = 'evil.example';

    expect(await send(port, 'GET', link.replace('/_signals', ''), { host })).toMatch(/^403/);
    expect(await send(port, 'GET', '/api/about', { host, authorization })).toMatch(/^403/);
    expect(await send(port, 'GET', link.replace('/_signals', ''), {})).toBe('303');
  });

  it('answers under localhost, addresses, and the names that the application allows', async () => {
    const port = await open({
      environment: 'production',
      enabled: true,
      access: () => 'operate',
      hosts: ['admin.example.com'],
    });

    for (const host of [...OWN_HOSTS, ...ALLOWED_HOSTS]) {
      expect([host, await send(port, 'GET', '/api/about', { host })]).toEqual([host, '200']);
      const named = `${host.replace(/:\d+$/, '')}:3000`;
      expect([named, await send(port, 'GET', '/api/about', { host: named })]).toEqual([
        named,
        '200',
      ]);
    }
    expect(await send(port, 'GET', '/api/about', { host: 'evil.example' })).toMatch(/^403/);
  });

  it('does nothing that a page of another site sends, and what its own pages and tools send', async () => {
    const port = await open({ environment: 'production', enabled: true, access: () => 'operate' });
    const host = 'localhost';

    for (const path of POSTS) {
      for (const type of ['application/json', 'text/plain']) {
        for (const foreign of FOREIGN) {
          const headers = { host, 'content-type': type, ...foreign };
          expect([headers, await send(port, 'POST', path, headers)]).toEqual([
            headers,
            '403 foreign-origin',
          ]);
        }
      }
      for (const own of OWN) {
        const headers = { host, 'content-type': 'application/json', ...own };
        expect(await send(port, 'POST', path, headers)).not.toMatch(/^403/);
      }
    }
  });

  it('is not there for who has no access, under any name', async () => {
    const port = await open({ environment: 'production', enabled: true, access: () => 'none' });

    for (const host of ['localhost', 'evil.example']) {
      expect(await send(port, 'GET', '/api/about', { host })).toBe('404');
      expect(await send(port, 'POST', '/api/dead/replay', { host, origin: 'null' })).toBe('404');
    }
  });
});
