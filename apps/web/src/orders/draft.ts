import { Store } from '../store.js';

const KEY = 'shop.draft';

export interface DraftLine {
  readonly productId: string;
  readonly quantity: number;
}

/** What a person is about to order; it survives reloads, and ends with the tab. */
export const draft = new Store<readonly DraftLine[]>(load());

export const MOST = 1000;

draft.subscribe(() => sessionStorage.setItem(KEY, JSON.stringify(draft.value)));

export function addToDraft(productId: string): void {
  const known = draft.value.find((line) => line.productId === productId);
  if (known) setQuantity(productId, known.quantity + 1);
  else draft.set([...draft.value, { productId, quantity: 1 }]);
}

/** Tells the quantity that was set: the nearest one to what was typed that may be ordered. */
export function setQuantity(productId: string, typed: string | number): number {
  const quantity = Math.min(MOST, Math.max(1, Math.trunc(Number(typed)) || 1));
  draft.set(
    draft.value.map((line) => (line.productId === productId ? { productId, quantity } : line)),
  );
  return quantity;
}

export function removeFromDraft(productId: string): void {
  draft.set(draft.value.filter((line) => line.productId !== productId));
}

function load(): readonly DraftLine[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as readonly DraftLine[];
  } catch {
    return [];
  }
}
