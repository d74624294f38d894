/** Where to go after signing in: where a person was on the way to, but never to another site. */
export function nextAddress({ next }: Readonly<Record<string, string>>, otherwise: string): string {
  return next && /^\/(?![/\\])/.test(next) ? next : otherwise;
}
