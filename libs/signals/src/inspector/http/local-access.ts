import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const COOKIE = 'signals_inspector';
const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

/**
 * Admits people at this machine: who follows the link that was printed, once, has a cookie from then
 * on; tools of the same user read a token from a file that only that user can read.
 */
export class LocalAccess {
  readonly #toolToken = secret();
  readonly #sessions = new Set<string>();
  #linkToken = secret();
  #file: string | undefined;

  /** The token of the next link; each opens the door once. */
  get linkToken(): string {
    return this.#linkToken;
  }

  isLocal({ socket }: IncomingMessage): boolean {
    return LOOPBACK.test(socket.remoteAddress ?? '');
  }

  isAdmitted(request: IncomingMessage): boolean {
    if (!this.isLocal(request)) return false;
    const [, bearer] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (bearer !== undefined) return isSame(bearer, this.#toolToken);
    const session = cookieOf(request);
    return session !== undefined && this.#sessions.has(session);
  }

  /** The cookie for whoever brings the token of the link, which is used up by it. */
  admit(token: string): string | undefined {
    if (!isSame(token, this.#linkToken)) return undefined;
    this.#linkToken = secret();
    const session = secret();
    this.#sessions.add(session);
    return session;
  }

  cookie(session: string, path: string): string {
    return `${COOKIE}=${session}; Path=${path}; HttpOnly; SameSite=Strict`;
  }

  /** Leaves the token for tools of the same user. A machine that lets nobody write has no tools. */
  publish(port: number): void {
    try {
      const folder = tokenFolder();
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (statSync(folder).uid !== process.getuid?.()) return;
      chmodSync(folder, 0o700);
      const file = join(folder, `${port}.token`);
      writeFileSync(file, this.#toolToken, { mode: 0o600 });
      this.#file = file;
    } catch {
      this.#file = undefined;
    }
  }

  withdraw(): void {
    if (this.#file && readOf(this.#file) === this.#toolToken) rmSync(this.#file, { force: true });
  }
}

/**
 * The token with which tools of the same user ask the inspector of a process on this machine, as
 * `Authorization: Bearer <token>`; undefined when none listens on this port.
 */
export function inspectorToken(port: number): string | undefined {
  return readOf(join(tokenFolder(), `${port}.token`));
}

function tokenFolder(): string {
  return join(tmpdir(), `nestjs-signals-${process.getuid?.() ?? 'user'}`);
}

function readOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

function isSame(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.byteLength === second.byteLength && timingSafeEqual(first, second);
}

function cookieOf({ headers }: IncomingMessage): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}
