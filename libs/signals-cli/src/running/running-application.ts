import { CommandError } from '../command.error.js';

/** How a running application is reached. */
export interface Address {
  /** Default: port 3000 of this machine. The path of the inspector is `/_signals` unless it has one. */
  readonly url: string | undefined;
  /** `name: value`, for an application whose access resolver wants to know who asks. */
  readonly headers: readonly string[];
}

/** One message of the event stream. */
export interface StreamedEvent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
}

/** The inspector of an application that runs, over its interface. */
export class RunningApplication {
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;

  /** @throws CommandError when the address is none. */
  constructor({ url = 'http://127.0.0.1:3000', headers }: Address) {
    if (!URL.canParse(url))
      throw new CommandError(`'${url}' is no URL: http://localhost:3000 is one.`);
    const base = new URL(url);
    if (base.pathname === '/') base.pathname = '/_signals';
    this.#base = base;
    this.#headers = Object.fromEntries(headers.map(parsedHeader));
  }

  get origin(): string {
    return this.#base.origin;
  }

  /**
   * @param otherwise what to do when there is nothing at this path.
   * @throws CommandError that says what the application answers, or that there is none.
   */
  async get(path: string, otherwise?: string): Promise<unknown> {
    const response = await this.#ask(path, {}, otherwise);
    return response.json();
  }

  /** @throws CommandError as {@link get}. */
  async post(path: string, body: object, otherwise?: string): Promise<unknown> {
    const init = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    };
    const response = await this.#ask(path, init, otherwise);
    return response.json();
  }

  /** The event stream, after the event of that id, until it ends. */
  async *events(signal: AbortSignal, lastId?: string): AsyncGenerator<StreamedEvent> {
    const headers = lastId ? { 'last-event-id': lastId } : {};
    const { body } = await this.#ask('stream', { headers, signal });
    let buffer = '';
    for await (const chunk of body ?? []) {
      buffer += TEXT.decode(chunk as Uint8Array, { stream: true });
      const messages = buffer.split('\n\n');
      buffer = messages.pop() ?? '';
      yield* messages.map(parsedEvent);
    }
  }

  async #ask(path: string, init: RequestInit, otherwise?: string): Promise<Response> {
    const url = `${this.#base.href.replace(/\/$/, '')}/api/${path}`;
    const admission = await admissionTo(this.#base);
    const headers = {
      ...admission,
      ...this.#headers,
      ...(init.headers as Record<string, string> | undefined),
    };
    const response = await fetch(url, { ...init, headers }).catch((cause: unknown) => {
      if (init.signal?.aborted) throw cause;
      throw new CommandError(
        `No application answers at ${this.origin}. Start it, or name another with --url.`,
        { cause },
      );
    });
    if (response.ok) return response;
    const problem = await problemOf(response);
    const wayOut = response.status === 404 && problem.title !== undefined ? otherwise : undefined;
    throw new CommandError([refusal(response, problem), wayOut].filter(Boolean).join(' '));
  }
}

const PROBLEM = 'urn:nestjs-signals:';
const TEXT = new TextDecoder();

function refusal({ status, url }: Response, { type, title, detail }: Problem): string {
  if (status === 401) {
    return (
      'The application does not let this command in. It admits commands of the user who started it, ' +
      'on the same machine; elsewhere give what its access resolver asks for: --header "name: value".'
    );
  }
  if (status === 404 && title === undefined) {
    return `There is no inspector at ${url.replace(/\/api\/.*/, '')}: it is disabled, or below another path (--url).`;
  }
  // This type has a title that says no more than the detail.
  if (type === `${PROBLEM}inspector:not-found` && detail) return detail;
  return [title, detail].filter(Boolean).join(': ') || `The application answers ${status}.`;
}

/** Only the inspector's own refusals have a type of its own. */
async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Problem;
  return body.type?.startsWith(PROBLEM) ? body : {};
}

/**
 * The token that an application in development leaves for tools of the same user. Who uses the command
 * without the inspector has none to ask.
 */
async function admissionTo({ hostname, port, protocol }: URL): Promise<Record<string, string>> {
  if (!/^(localhost|127\.|\[::1\])/.test(hostname)) return {};
  const inspector = await import('nestjs-signals-inspector').catch(unlessMissing);
  const token = inspector?.inspectorToken(Number(port) || (protocol === 'https:' ? 443 : 80));
  return token ? { authorization: `Bearer ${token}` } : {};
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
}

function parsedHeader(header: string): readonly [string, string] {
  const [, name, value] = /^\s*([\w-]+)\s*:\s*(.*?)\s*$/.exec(header) ?? [];
  if (name && value !== undefined) return [name.toLowerCase(), value];
  throw new CommandError(`'${header}' is no header: write --header "name: value".`);
}

function parsedEvent(message: string): StreamedEvent {
  const fields = new Map(
    message.split('\n').map((line) => {
      const [, name = '', value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
      return [name, value] as const;
    }),
  );
  const data = fields.get('data');
  return {
    event: fields.get('event') ?? 'message',
    id: fields.get('id') ?? '',
    data: data ? (JSON.parse(data) as unknown) : undefined,
  };
}
