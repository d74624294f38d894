import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { expect } from '@jest/globals';
import type { INestApplication, ModuleMetadata, NestApplicationOptions } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Signals, SignalsModule, type SignalsModuleOptions } from 'nestjs-signals';
import {
  requestFailed,
  requestFinished,
  requestStarted,
  type RequestFailed,
  type RequestFinished,
  type RequestStarted,
} from 'nestjs-signals/nestjs';

export const adapters = {
  Fastify: () => new FastifyAdapter(),
  Express: () => new ExpressAdapter(),
};

export type AdapterName = keyof typeof adapters;

export const adapterNames = Object.keys(adapters) as AdapterName[];

/** A gate that a test opens, and that others wait at. */
export class Gate {
  open: () => void = () => {};
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

/** Facts that are waited for, each looked at again whenever something has happened. */
class Facts {
  #checks: (() => void)[] = [];

  happened(): void {
    for (const check of this.#checks.splice(0)) check();
  }

  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (holds()) resolve();
        else this.#checks.push(check);
      };
      check();
    });
  }
}

/** A serving application, and what it told of its requests. */
export class Served {
  readonly started: RequestStarted[] = [];
  readonly finished: RequestFinished[] = [];
  readonly failed: RequestFailed[] = [];
  readonly signals: Signals;
  readonly #facts = new Facts();

  constructor(readonly app: INestApplication) {
    this.signals = app.get(Signals);
    this.signals.connect(requestStarted, (event) => this.#note(this.started, event));
    this.signals.connect(requestFailed, (event) => this.#note(this.failed, event));
    this.signals.connect(requestFinished, (event) => this.#note(this.finished, event));
  }

  get port(): number {
    return (this.app.getHttpServer().address() as AddressInfo).port;
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`, init);
  }

  starts(count = 1): Promise<void> {
    return this.#facts.until(() => this.started.length >= count);
  }

  finishes(count = 1): Promise<void> {
    return this.#facts.until(() => this.finished.length >= count);
  }

  fails(count = 1): Promise<void> {
    return this.#facts.until(() => this.failed.length >= count);
  }

  /** After it nothing can be told any more. */
  close(): Promise<void> {
    return this.app.close();
  }

  #note<T>(heard: T[], event: T): void {
    heard.push(event);
    this.#facts.happened();
  }
}

export interface Serving {
  readonly signals?: SignalsModuleOptions;
  readonly nest?: NestApplicationOptions;
  /** What a `main.ts` does before it listens. */
  readonly prepare?: (app: INestApplication) => void;
}

/** An application that listens on a port of its own. */
export async function serve(
  adapter: AdapterName | AbstractHttpAdapter,
  metadata: ModuleMetadata,
  { signals, nest, prepare }: Serving = {},
): Promise<Served> {
  const module = await Test.createTestingModule({
    ...metadata,
    imports: [SignalsModule.forRoot(signals), ...(metadata.imports ?? [])],
  }).compile();
  const app = module.createNestApplication(
    typeof adapter === 'string' ? adapters[adapter]() : adapter,
    { logger: false, ...nest },
  );
  prepare?.(app);
  await app.listen(0, '127.0.0.1');
  return new Served(app);
}

/** A connection on which a test writes and reads what it likes. */
export class Wire {
  #received = '';
  readonly #facts = new Facts();

  private constructor(readonly socket: Socket) {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      this.#received += chunk.toString();
      this.#facts.happened();
    });
  }

  static async to({ port }: Pick<Served, 'port'>): Promise<Wire> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Wire(socket);
  }

  send(method: string, path: string, body?: string, length = body?.length): this {
    const content = `content-type: application/json\r\ncontent-length: ${length}\r\n`;
    this.socket.write(
      `${method} ${path} HTTP/1.1\r\nhost: test\r\n${body ? content : ''}\r\n${body ?? ''}`,
    );
    return this;
  }

  reads(text: string, times = 1): Promise<void> {
    return this.#facts.until(() => this.#received.split(text).length > times);
  }

  leave(): void {
    this.socket.destroy();
  }
}

/** To be asked when the application is closed. */
export function expectOneEndForEachStart({ started, finished }: Served): void {
  const idsOf = (events: readonly { id: string }[]): string[] =>
    events.map(({ id }) => id).toSorted();
  expect(new Set(idsOf(started)).size).toBe(started.length);
  expect(idsOf(finished)).toEqual(idsOf(started));
}
