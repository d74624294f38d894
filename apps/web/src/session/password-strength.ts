const LEAST = 10;
const LONG = 16;

/** How well a password would protect, in words: its length counts, and how much of it repeats. */
export function strengthOf(password: string): string {
  const missing = LEAST - password.length;
  if (password === '') return `At least ${LEAST} characters. A few words do well.`;
  if (missing > 0) return `${missing} more ${missing === 1 ? 'character' : 'characters'} to go.`;
  const different = new Set(password.toLowerCase()).size;
  if (different < LEAST / 2) return 'Weak: it repeats itself.';
  return password.length >= LONG && different >= LEAST
    ? 'Strong.'
    : 'Good enough. Longer is better.';
}
