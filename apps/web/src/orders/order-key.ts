import { newKey } from '../new-key.js';
import type { DraftLine } from './draft.js';

const KEPT = 'shop.order-key';

interface Kept {
  readonly key: string;
  readonly lines: string;
}

/**
 * The key under which these lines are ordered: the same one until the order is known to be placed, so that a double
 * click, a lost answer or a reload places one order.
 */
export function keyFor(lines: readonly DraftLine[]): string {
  const wanted = JSON.stringify(lines);
  const kept = load();
  if (kept?.lines === wanted) return kept.key;
  const key = newKey();
  sessionStorage.setItem(KEPT, JSON.stringify({ key, lines: wanted } satisfies Kept));
  return key;
}

export function forgetKey(): void {
  sessionStorage.removeItem(KEPT);
}

function load(): Kept | undefined {
  const kept = sessionStorage.getItem(KEPT);
  return kept === null ? undefined : (JSON.parse(kept) as Kept);
}
