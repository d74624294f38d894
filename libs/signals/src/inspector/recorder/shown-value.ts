import { cut } from './text.js';

/** Decides which texts may be shown; everything else of a payload follows the rules below. */
export type VisibleField = (path: string) => boolean;

const DEEPEST = 3;
const MOST_ENTRIES = 24;
const MOST_ALTOGETHER = 200;
/** Of one entry with its key, in memory, without the characters of texts. */
const BYTES = 48;
const MOST_FIELDS = 1_000;
const ID = /^(?:\d{1,20}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;
const ID_FIELD = /(?:^|\.)(?:id|[a-z]\w*(?:Id|_id|Ids))(?:\.\d+)?$/;

/** Whether texts of a field are shown: always, where they are ids, or never. */
type Showing = 'text' | 'id' | 'length';

/**
 * What of values may be shown, by an allow-list: numbers, booleans, dates and ids. Texts are
 * replaced by their length, unless their field was declared visible. Reads no getters of classes and
 * calls nothing of the value. However large a value is, what is shown is small.
 */
export class ShownValues {
  readonly #fields = new Map<string, Showing>();
  #entries = 0;
  #characters = 0;

  constructor(private readonly isVisible: VisibleField) {}

  of(value: unknown): unknown {
    this.#entries = 0;
    this.#characters = 0;
    return this.#shown(value, '', 0);
  }

  /** What is shown of the latest value takes so much memory, roughly. */
  get bytes(): number {
    return this.#entries * BYTES + 2 * this.#characters;
  }

  #shown(value: unknown, path: string, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return this.#text(value, path);
      case 'number':
      case 'boolean':
      case 'undefined':
        return value;
      case 'bigint':
        return String(value);
      case 'object':
        return value === null ? null : this.#object(value, path, depth);
      default:
        return `(${typeof value})`;
    }
  }

  #text(text: string, path: string): string {
    const showing = this.#fields.get(path) ?? this.#learn(path);
    const isShown = showing === 'text' || (showing === 'id' && ID.test(text));
    const shown = isShown ? cut(text) : `(text of ${text.length} characters)`;
    this.#characters += shown.length;
    return shown;
  }

  #learn(path: string): Showing {
    const others = ID_FIELD.test(path) ? 'id' : 'length';
    const showing = this.isVisible(path) ? 'text' : others;
    if (this.#fields.size < MOST_FIELDS) this.#fields.set(path, showing);
    return showing;
  }

  #object(value: object, path: string, depth: number): unknown {
    if (value instanceof Date) {
      return Number.isNaN(value.getTime()) ? '(no date)' : value.toISOString();
    }
    if (Array.isArray(value)) return this.#array(value, path, depth);
    if (depth >= DEEPEST) return '(object)';
    const shown: Record<string, unknown> = {};
    let count = 0;
    for (const key of Object.keys(value)) {
      if ((count += 1) > MOST_ENTRIES || (this.#entries += 1) > MOST_ALTOGETHER) break;
      const entry = Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
      if (typeof entry === 'function') continue;
      this.#characters += key.length;
      shown[cut(key, 80)] = this.#shown(entry, path === '' ? key : `${path}.${key}`, depth + 1);
    }
    return shown;
  }

  #array(value: readonly unknown[], path: string, depth: number): unknown {
    if (depth >= DEEPEST) return `(${value.length} entries)`;
    const shown: unknown[] = [];
    for (const [index, entry] of value.slice(0, MOST_ENTRIES).entries()) {
      if ((this.#entries += 1) > MOST_ALTOGETHER) break;
      shown.push(this.#shown(entry, path === '' ? `${index}` : `${path}.${index}`, depth + 1));
    }
    const more = value.length - shown.length;
    return more > 0 ? [...shown, `(${more} more)`] : shown;
  }
}

/** The types of a statement's parameters, never their values. */
export function typesOf(parameters: readonly unknown[]): readonly string[] {
  return parameters.slice(0, 100).map((value) => {
    if (value === null || value === undefined) return 'null';
    if (value instanceof Date) return 'date';
    return Array.isArray(value) ? 'array' : typeof value;
  });
}
