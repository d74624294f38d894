import { accessToken, forget, renew } from '../session/session.js';
import { orLost } from './failure.js';
import { noticeSignals } from './signal-news.js';

const PATIENCE_MS = 20_000;

/** Sends a request in the name of whoever is signed in. */
export async function send(request: Request): Promise<Response> {
  return sendWithin(request, AbortSignal.timeout(PATIENCE_MS));
}

/** Like `send`, for an answer that has no end but the given one. */
export async function sendWithin(request: Request, end: AbortSignal): Promise<Response> {
  const again = request.clone();
  const token = await accessToken();
  const answer = await orLost(fetch(withToken(request, token), { signal: end }));
  if (answer.status !== 401 || token === undefined) return noticeSignals(request, answer);

  // The session may have ended elsewhere, or the token only a moment ago.
  const renewed = await renew();
  const second = await orLost(fetch(withToken(again, renewed), { signal: end }));
  if (second.status === 401) forget();
  return noticeSignals(request, second);
}

function withToken(request: Request, token: string | undefined): Request {
  if (token !== undefined) request.headers.set('authorization', `Bearer ${token}`);
  return request;
}
