import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { isLocal } from './local-request.js';
import { isSame, LocalSessions, ownFolder, userFolder } from './local-sessions.js';

const COOKIE = 'signals_inspector';

/**
 * Admits people at this machine: who follows the link that was printed, once, has a cookie for a day;
 * tools of the same user read a token from a file that only that user can read.
 */
export class LocalAccess {
  readonly #toolToken = secret();
  readonly #sessions = new LocalSessions();
  #linkToken = secret();
  #file: string | undefined;

  /** The token of the next link; each opens the door once. */
  get linkToken(): string {
    return this.#linkToken;
  }

  isAdmitted(request: IncomingMessage): boolean {
    if (!isLocal(request)) return false;
    const [, bearer] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (bearer !== undefined) return isSame(bearer, this.#toolToken);
    const session = cookieOf(request);
    return session !== undefined && this.#sessions.isOpen(session);
  }

  /** The cookie for whoever brings the token of the link, which is used up by it. */
  admit(token: string): string | undefined {
    if (!isSame(token, this.#linkToken)) return undefined;
    this.#linkToken = secret();
    return this.#sessions.begin();
  }

  cookie(session: string, path: string): string {
    return `${COOKIE}=${session}; Path=${path}; HttpOnly; SameSite=Strict`;
  }

  /** Leaves the token for tools of the same user. A machine that lets nobody write has no tools. */
  publish(port: number): void {
    const folder = ownFolder();
    if (folder === undefined) return;
    const file = join(folder, `${port}.token`);
    try {
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
  return readOf(join(userFolder(), `${port}.token`));
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

function cookieOf({ headers }: IncomingMessage): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}
