import type { Span, Trace } from './trace.js';

/** A transaction that has not ended, and the savepoints that are set in it. */
export interface OpenTransaction {
  readonly trace: Trace;
  readonly span: Span;
  readonly savepoints: { readonly name: string; readonly span: Span }[];
}

/** A connection that was lost never tells how its transaction ended. */
const MOST = 5_000;

/** The transactions under way, by their number. */
export class OpenTransactions {
  readonly #open = new Map<number, OpenTransaction>();

  begin(number: number, trace: Trace, span: Span): void {
    if (this.#open.size >= MOST) {
      for (const [oldest] of this.#open) {
        this.#open.delete(oldest);
        break;
      }
    }
    this.#open.set(number, { trace, span, savepoints: [] });
  }

  get(number: number): OpenTransaction | undefined {
    return this.#open.get(number);
  }

  end(number: number): void {
    this.#open.delete(number);
  }

  clear(): void {
    this.#open.clear();
  }
}

/** The span that encloses what runs at this depth. */
export function enclosing({ span, savepoints }: OpenTransaction, depth: number): Span {
  const deepest = Math.min(depth, savepoints.length);
  return deepest === 0 ? span : (savepoints[deepest - 1]?.span ?? span);
}
