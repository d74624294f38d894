import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Signals, adminOf } from 'nestjs-signals/core';
import type { EntryTrace } from 'nestjs-signals/diagnostics';
import { ActionLog } from './http/action-log.js';
import { EventStream } from './http/event-stream.js';
import { InspectorHttp, type Door } from './http/inspector-http.js';
import { isLocal } from './http/local-request.js';
import { LocalAccess } from './http/local-access.js';
import { answerRequests } from './http/request-hook.js';
import { tellHeaders } from './http/response-headers.js';
import { SourceChecks } from './http/source-checks.js';
import { inspectorAction } from './inspector-action.js';
import { InspectorAccessError, type InspectorOptions } from './inspector-options.js';
import { Recorder } from './recorder/recorder.js';
import { hasEffects, sentenceOf, type TitleOf } from './recorder/sentence.js';
import type { Trace } from './recorder/trace.js';

/** Token of the options that `InspectorModule.forRoot()` was given. */
export const INSPECTOR_OPTIONS = Symbol('INSPECTOR_OPTIONS');

/** Records and shows, from the start of an application to its end; nothing at all when it is disabled. */
@Injectable()
export class Inspector
  implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  /** What is recorded; undefined when the inspector is disabled. */
  recorder: Recorder | undefined;
  readonly #logger = new Logger('Signals');
  readonly #environment: string;
  readonly #path: string;
  #stream: EventStream | undefined;
  #local: LocalAccess | undefined;
  #hook: Disposable | undefined;

  constructor(
    @Inject(INSPECTOR_OPTIONS) private readonly options: InspectorOptions,
    private readonly signals: Signals,
    private readonly host: HttpAdapterHost,
  ) {
    this.#environment = options.environment ?? process.env['NODE_ENV'] ?? '';
    this.#path = (options.path ?? '/_signals').replace(/\/+$/, '');
  }

  get isEnabled(): boolean {
    return this.options.enabled ?? this.isDevelopment;
  }

  get isDevelopment(): boolean {
    return this.#environment === 'development';
  }

  /** How many traces had to go since the start, and how many spans found no place. */
  get dropped(): { readonly traces: number; readonly spans: number } {
    const { dropped = 0, droppedSpans = 0 } = this.recorder?.store.state ?? {};
    return { traces: dropped, spans: droppedSpans };
  }

  /** @throws InspectorAccessError when everybody could come in. */
  onModuleInit(): void {
    if (!this.isEnabled) return;
    const door = this.#door();
    const options = this.#optionsHere();
    const titleOf: TitleOf = ({ facts }) => options.titles?.[String(facts['handler'])];
    const visible = new Set(options.visible);
    const isVisible = (path: string): boolean => visible.has(path);
    const recorder = new Recorder({
      application: this.signals,
      retention: options.retention ?? {},
      isVisible,
      captureParameters: this.isDevelopment && options.captureParameters === true,
      sites: this.isDevelopment,
      ignores: (entry) => this.#begin(entry),
      onEnd: (trace) => this.#tell(trace, titleOf),
    });
    this.recorder = recorder;
    this.#stream = new EventStream(recorder, this.signals, () => options.durable);
    const onError = (error: unknown, what: string): void => this.#logger.error(what, error);
    const log = (text: string): void => this.#logger.log(text);
    const inspected = {
      recorder,
      signals: this.signals,
      stream: this.#stream,
      options,
      environment: this.#environment,
      isVisible,
      actions: new ActionLog(this.signals, log, onError),
      sources: new SourceChecks(),
    };
    adminOf(this.signals).register(inspectorAction);
    const http = new InspectorHttp(this.#path, door, inspected, titleOf, onError);
    const { httpAdapter } = this.host;
    if (httpAdapter) this.#hook = answerRequests(httpAdapter, http);
  }

  onApplicationBootstrap(): void {
    const server = this.host.httpAdapter?.getHttpServer() as
      { once?(event: string, listener: () => void): void; address?(): unknown } | undefined;
    const local = this.#local;
    if (!local) return;
    server?.once?.('listening', () => {
      const address = server.address?.();
      if (typeof address === 'object' && address !== null && 'port' in address) {
        local.publish(Number(address.port));
      }
    });
  }

  /** Streams have no end of their own, and the server waits for them. */
  beforeApplicationShutdown(): void {
    this.#stream?.close();
    this.#local?.withdraw();
  }

  onApplicationShutdown(): void {
    this.#hook?.[Symbol.dispose]();
    this.recorder?.[Symbol.dispose]();
    this.recorder = undefined;
  }

  /** The address that lets the next browser in; undefined where the application decides who comes in. */
  link(url: string): string | undefined {
    return this.#local && `${url}${this.#path}?token=${this.#local.linkToken}`;
  }

  /** With the deliveries of this application, which are there once it has started. */
  #optionsHere(): InspectorOptions {
    const { durable } = this.options;
    if (!durable?.of) return this.options;
    const { signals } = this;
    return {
      ...this.options,
      get durable() {
        return durable.of?.(signals) ?? durable;
      },
    };
  }

  #door(): Door {
    const { access } = this.options;
    if (access) return { resolver: access };
    if (!this.isDevelopment) throw new InspectorAccessError(this.#environment);
    this.#local = new LocalAccess();
    return { local: this.#local };
  }

  /** Leaves the inspector's own requests out, and tells the others which trace they are. */
  #begin(entry: EntryTrace): boolean {
    if (entry.entry !== 'http') return false;
    const { path } = entry.facts;
    if (typeof path === 'string' && (path === this.#path || path.startsWith(`${this.#path}/`))) {
      return true;
    }
    const { request, response } = entry.origin as {
      readonly request: IncomingMessage;
      readonly response: ServerResponse;
    };
    if (this.isDevelopment && isLocal(request)) {
      tellHeaders(response, entry.id, () => this.recorder?.store.get(entry.id));
    }
    return false;
  }

  /** One line for each entry that had effects. */
  #tell(trace: Trace, titleOf: TitleOf): void {
    if (this.isDevelopment && hasEffects(trace)) this.#logger.log(sentenceOf(trace, titleOf));
  }
}
