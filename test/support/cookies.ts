import type { Response } from 'supertest';

/** The `Set-Cookie` header of one name, whole; undefined when it is not set. */
export function setCookieOf(response: Response, name: string): string | undefined {
  const headers: string[] = [response.headers['set-cookie'] ?? []].flat();
  return headers.find((header) => header.startsWith(`${name}=`));
}

/** What a browser would send back: `name=value`. */
export function cookieOf(response: Response, name: string): string {
  return setCookieOf(response, name)?.split(';', 1)[0] ?? '';
}
