import { contentOf, Failure, orLost } from '../api/failure.js';
import type { components } from '../api/schema.js';
import { newKey } from '../new-key.js';
import { Store } from '../store.js';

/** Survives a reload, and other tabs hear when it changes: that somebody is signed in, not who. */
const MARK = 'shop.signed-in';
/** Set while a renewal is under way. One that a reload cut off leaves it behind. */
const RENEWING = 'shop.renewing-since';
const CUT_OFF_MS = 1_500;
const EARLY_MS = 30_000;

interface AccessToken {
  readonly value: string;
  readonly expiresAt: number;
}

type SessionAnswer = components['schemas']['SessionDto'];

let token: AccessToken | undefined;
let renewal: Promise<string | undefined> | undefined;

/** Whether somebody is signed in, as far as this browser knows. */
export const signedIn = new Store(localStorage.getItem(MARK) !== null);

addEventListener('storage', ({ key }) => {
  if (key !== MARK && key !== null) return;
  token = undefined; // somebody else may have signed in
  signedIn.set(localStorage.getItem(MARK) !== null);
});

/** Keeps what the shop answered to a sign-in: the token in memory alone. */
export function begin(answer: SessionAnswer): void {
  keep(answer);
  localStorage.setItem(MARK, newKey());
  signedIn.set(true);
}

export function forget(): void {
  token = undefined;
  localStorage.removeItem(MARK);
  signedIn.set(false);
}

/** The token to send along, renewed when it is about to expire; undefined when nobody is signed in. */
export async function accessToken(): Promise<string | undefined> {
  if (!signedIn.value) return undefined;
  if (token && token.expiresAt - Date.now() > EARLY_MS) return token.value;
  return renew();
}

/**
 * Trades the refresh cookie, which the tabs of a browser share and which is good for one use: they take turns. Throws
 * when no answer comes.
 */
export function renew(): Promise<string | undefined> {
  renewal ??= inTurn(refresh).finally(() => {
    renewal = undefined;
  });
  return renewal;
}

async function refresh(): Promise<string | undefined> {
  await letCutOffRenewalEnd();
  localStorage.setItem(RENEWING, String(Date.now()));
  const answer = await orLost(
    fetch('/api/v1/sessions/refresh', {
      method: 'POST',
      keepalive: true, // its answer sets the next cookie, also when the page is gone by then
      signal: AbortSignal.timeout(10_000),
    }),
  );
  localStorage.removeItem(RENEWING);
  if (answer.ok) {
    const body = (await orLost(answer.json())) as SessionAnswer;
    keep(body);
    return body.accessToken;
  }
  if (answer.status !== 401) throw Failure.of(answer.status, await contentOf(answer));
  forget();
  return undefined;
}

function keep({ accessToken: value, expiresIn }: SessionAnswer): void {
  token = { value, expiresAt: Date.now() + expiresIn * 1000 };
}

/** The new cookie of a renewal that a reload cut off is still on its way; the old one must not be used again. */
async function letCutOffRenewalEnd(): Promise<void> {
  const rest = Number(localStorage.getItem(RENEWING)) + CUT_OFF_MS - Date.now();
  if (rest > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(rest, CUT_OFF_MS)));
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  // Only a page that came safely has locks; without them, one tab is all that works well.
  return 'locks' in navigator ? navigator.locks.request('shop.session', work) : work();
}
