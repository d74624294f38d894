import { createHash } from 'node:crypto';

/** A text that is used once or twice is not worth a plan that every connection keeps. */
const WORTH_PREPARING = 3;
const MOST_STATEMENTS = 300;
/** Several statements, which the server does not prepare together. */
const SEVERAL = /;\s*\S/;

/**
 * Names the statements that come again and again, so that PostgreSQL parses and plans the engine's
 * long texts once for each connection.
 */
export class PreparedStatements {
  readonly #uses = new Map<string, number>();
  readonly #names = new Map<string, string>();

  /** Undefined for a text that is rather not prepared. */
  nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known) return known;
    if (this.#names.size >= MOST_STATEMENTS || SEVERAL.test(text)) return undefined;
    const uses = (this.#uses.get(text) ?? 0) + 1;
    if (uses < WORTH_PREPARING) {
      if (this.#uses.size < MOST_STATEMENTS) this.#uses.set(text, uses);
      return undefined;
    }
    this.#uses.delete(text);
    const name = `signals_${createHash('sha1').update(text).digest('hex')}`;
    this.#names.set(text, name);
    return name;
  }
}
