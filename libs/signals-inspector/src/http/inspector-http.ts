import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorSink } from 'nestjs-signals/core';
import { report } from 'nestjs-signals/integration';
import type { AccessResolver, Operator } from '../inspector-options.js';
import type { TitleOf } from '../recorder/sentence.js';
import { answer, answerProblem, Problem } from './answer.js';
import { answerApi } from './api.js';
import { refuseForeign } from './foreign-request.js';
import type { Inspected } from './inspected.js';
import type { LocalAccess } from './local-access.js';
import { isLocal } from './local-request.js';
import { PageFiles } from './page-files.js';
import { Viewer } from './viewer.js';

/** How people get in: what the application says, or the link that was printed. */
export type Door = { readonly resolver: AccessResolver } | { readonly local: LocalAccess };

/** Answers the requests below the path of the inspector, whatever framework is around it. */
export class InspectorHttp {
  readonly #files = new PageFiles();

  constructor(
    readonly path: string,
    private readonly door: Door,
    private readonly inspected: Inspected,
    private readonly titleOf: TitleOf | undefined,
    private readonly onError: ErrorSink,
  ) {}

  /** Whether this is an address of the inspector, at least by its look. */
  owns({ url = '' }: IncomingMessage): boolean {
    const [path = ''] = url.split(/[?#]/, 1);
    return path === this.path || path.startsWith(`${this.path}/`);
  }

  /** Answers, or answers not and says so: for who has no access there is nothing here. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = new URL(request.url ?? '', 'http://inspector');
    const { access, name } = await this.#visitorOf(request);
    const local = 'local' in this.door && isLocal(request) ? this.door.local : undefined;
    if (access === 'none' && !local) return false;
    try {
      refuseForeign(request, this.inspected.options.hosts);
      if (access !== 'none')
        await this.#answer(request, response, url, new Viewer(access, this.titleOf, name));
      else if (local) this.#admit(local, response, url);
    } catch (error) {
      this.#refuse(response, error);
    }
    return true;
  }

  async #visitorOf(request: IncomingMessage): Promise<Operator> {
    const name = `somebody at ${request.socket.remoteAddress ?? 'an unknown address'}`;
    if ('local' in this.door)
      return { access: this.door.local.isAdmitted(request) ? 'operate' : 'none', name };
    try {
      const resolved = await this.door.resolver(request);
      const visitor = typeof resolved === 'string' ? { access: resolved, name } : resolved;
      const { access } = visitor;
      return access === 'read' || access === 'operate' ? visitor : { access: 'none', name };
    } catch (error) {
      report(this.onError, error, 'The access resolver of the inspector failed');
      return { access: 'none', name };
    }
  }

  /** At this machine: opens the door to who brings the link, and tells others where it is. */
  #admit(local: LocalAccess, response: ServerResponse, url: URL): void {
    const session = local.admit(url.searchParams.get('token') ?? '');
    if (session !== undefined) {
      url.searchParams.delete('token');
      return answer(response, 303, 'text/plain', '', {
        location: `${url.pathname}${url.search}`,
        'set-cookie': local.cookie(session, this.path),
      });
    }
    if (!url.pathname.startsWith(`${this.path}/api/`))
      return answer(response, 401, 'text/html; charset=utf-8', LINK_NEEDED);
    throw new Problem(
      401,
      'link-needed',
      'Open the link first',
      'It was printed when the application started.',
    );
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    viewer: Viewer,
  ): Promise<void> {
    const { method = 'GET' } = request;
    if (!['GET', 'HEAD', 'POST'].includes(method)) {
      throw new Problem(
        405,
        'method',
        'This method is not answered',
        'There are GET, HEAD and POST.',
      );
    }
    const path = url.pathname.slice(this.path.length + 1);
    if (path.startsWith('api/')) {
      const call = { request, response, query: url.searchParams, viewer };
      return answerApi(this.inspected, path.slice('api/'.length), call);
    }
    if (path.startsWith('assets/'))
      return this.#asset(request, response, path.slice('assets/'.length));
    const document = this.#files.document(this.path);
    if (document === undefined) {
      throw new Problem(
        503,
        'no-page',
        'There is no page',
        'Its files are neither beside the package or the bundle that holds it, in inspector/page, nor in ' +
          'node_modules/nestjs-signals-inspector above the working directory. Copy them there from the package.',
      );
    }
    return answer(response, 200, 'text/html; charset=utf-8', document);
  }

  #asset({ headers }: IncomingMessage, response: ServerResponse, name: string): void {
    const acceptsGzip = /\bgzip\b/.test(String(headers['accept-encoding']));
    const file = this.#files.asset(name, acceptsGzip);
    if (!file)
      throw new Problem(404, 'not-found', 'There is nothing here', 'There is no such file.');
    answer(response, 200, file.type, file.content, {
      'cache-control': 'private, max-age=31536000, immutable',
      vary: 'accept-encoding',
      ...(file.encoding !== undefined && { 'content-encoding': file.encoding }),
    });
  }

  #refuse(response: ServerResponse, error: unknown): void {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (error instanceof Problem) return answerProblem(response, error);
    report(this.onError, error, 'The inspector could not answer');
    answerProblem(
      response,
      new Problem(
        500,
        'failed',
        'The inspector could not answer',
        'The application told its log why.',
      ),
    );
  }
}

const LINK_NEEDED = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>Signals</title></head>
<body><main><h1>Open the link that was printed</h1>
<p>The application prints a link to this page when it starts. It lets this browser in, once and for as long as the
application runs.</p></main></body></html>`;
