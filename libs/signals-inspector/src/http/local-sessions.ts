import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DAY = 86_400_000;

/**
 * Sessions of browsers at this machine, for a day. They outlive a restart, as when the application is
 * rebuilt on every change: what they are signed with stays in a file that only the same user can read.
 */
export class LocalSessions {
  readonly #key = keyOfUser();

  begin(): string {
    const session = `${Date.now()}.${randomBytes(12).toString('base64url')}`;
    return `${session}.${this.#signature(session)}`;
  }

  isOpen(cookie: string): boolean {
    const [, session = '', began = '', signature = ''] =
      /^((\d+)\.[\w-]+)\.([\w-]+)$/.exec(cookie) ?? [];
    const age = Date.now() - Number(began);
    return isSame(signature, this.#signature(session)) && age >= 0 && age < DAY;
  }

  #signature(session: string): string {
    return createHmac('sha256', this.#key).update(session).digest('base64url');
  }
}

/** In constant time for texts of one length. */
export function isSame(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.byteLength === second.byteLength && timingSafeEqual(first, second);
}

/** Where the same user's tools and processes leave things for each other. */
export function userFolder(): string {
  return join(tmpdir(), `nestjs-signals-${process.getuid?.() ?? 'user'}`);
}

/** Makes the folder; undefined where it is somebody else's, or cannot be made. */
export function ownFolder(): string | undefined {
  const folder = userFolder();
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (statSync(folder).uid !== process.getuid?.()) return undefined;
    chmodSync(folder, 0o700);
    return folder;
  } catch {
    return undefined;
  }
}

function keyOfUser(): Buffer {
  const fresh = randomBytes(32);
  const folder = ownFolder();
  if (folder === undefined) return fresh;
  const file = join(folder, 'sessions.key');
  try {
    writeFileSync(file, fresh, { mode: 0o600, flag: 'wx' });
    return fresh;
  } catch {
    return keptKey(file) ?? fresh;
  }
}

function keptKey(file: string): Buffer | undefined {
  try {
    const key = readFileSync(file);
    return key.byteLength === 32 ? key : undefined;
  } catch {
    return undefined;
  }
}
