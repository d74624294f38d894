import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { Problem } from './answer.js';

/**
 * Refuses what another site has a browser ask for: under a name of its own that it has resolve to this
 * machine (DNS rebinding), or as a POST from its own pages. Who is no browser says nothing of a site.
 *
 * @param hosts names that are the application's own, beside localhost and addresses.
 * @throws Problem
 */
export function refuseForeign(request: IncomingMessage, hosts: readonly string[] = []): void {
  if (!isOwnHost(hostOf(request), hosts)) {
    throw new Problem(
      403,
      'foreign-host',
      'This is not shown under that name',
      "Ask for it at localhost, at an IP address, or at a host that the inspector's option hosts names.",
    );
  }
  if (request.method === 'POST' && !isOfOwnPage(request)) {
    throw new Problem(
      403,
      'foreign-origin',
      'This is not done for another site',
      'Only pages of the inspector itself, and who is no browser, may send this.',
    );
  }
}

function isOwnHost(host: string, hosts: readonly string[]): boolean {
  const hostname = hostnameOf(`http://${host}`);
  if (hostname === undefined) return false;
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    isIP(hostname.replaceAll(/[[\]]/g, '')) !== 0 ||
    hosts.some((own) => hostnameOf(`http://${own}`) === hostname)
  );
}

/** Browsers say where a request comes from; those that leave the first header out send the second one. */
function isOfOwnPage(request: IncomingMessage): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === hostOf(request));
}

function hostOf({ headers }: IncomingMessage): string {
  return headers.host ?? String(headers[':authority'] ?? '');
}

function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
