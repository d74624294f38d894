const HERE = 'https://here.invalid';

/**
 * Where to go after signing in: where a person was on the way to, but never to another site. What a browser makes of an
 * address is asked of its own reader, which drops tabs and takes `\\` for `/`.
 */
export function nextAddress({ next }: Readonly<Record<string, string>>, otherwise: string): string {
  if (!next || !URL.canParse(next, HERE)) return otherwise;
  const { origin, pathname, search, hash } = new URL(next, HERE);
  return origin === HERE && !pathname.startsWith('//') ? pathname + search + hash : otherwise;
}
