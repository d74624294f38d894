import { isStorableText, nameOfSender } from '../../integration/index.js';

/** Thrown at the send when a payload would not come back from JSON as it was. */
export class UnstorablePayloadError extends Error {
  override readonly name = 'UnstorablePayloadError';

  constructor(signal: string, path: string, what: string) {
    super(
      `The payload of '${signal}' has ${what} at ${path}, which a durable receiver would not get back ` +
        'as it was. Let payloads carry ids, texts, numbers and dates as ISO text.',
    );
  }
}

/** Deeper than any payload that is meant, and less than PostgreSQL's own bound. */
const DEEPEST = 500;
const LONGEST_SHOWN = 40;

/**
 * The payload as it is now: a copy, which nobody changes any more.
 *
 * @throws UnstorablePayloadError for what JSON or PostgreSQL would not give back as it was, but for
 *   minus zero, which comes back as zero.
 */
export function storablePayload(payload: unknown, signal: string): unknown {
  return new PayloadCopy(signal).of(payload);
}

/** What has to be told of a payload that cannot be kept, once the whole path to it is known. */
class Unstorable {
  path = '';

  constructor(readonly what: string) {}
}

class PayloadCopy {
  readonly #parents = new Set<object>();

  constructor(private readonly signal: string) {}

  of(payload: unknown): unknown {
    const copy = this.#copy(payload);
    if (!(copy instanceof Unstorable)) return copy;
    const path = copy.path.replace(/^\./, '') || 'its root';
    throw new UnstorablePayloadError(this.signal, path, copy.what);
  }

  #copy(value: unknown): unknown {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') {
      return isStorableText(value) ? value : new Unstorable(`a text with ${reasonOf(value)}`);
    }
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (typeof value !== 'object') return new Unstorable(described(value));
    if (this.#parents.has(value)) return new Unstorable('an object inside itself');
    if (this.#parents.size === DEEPEST) return new Unstorable(`more than ${DEEPEST} levels`);
    this.#parents.add(value);
    const copy = Array.isArray(value) ? this.#copyList(value) : this.#copyObject(value);
    this.#parents.delete(value);
    return copy;
  }

  #copyList(list: readonly unknown[]): unknown {
    if (Object.keys(list).length !== list.length || Object.getOwnPropertySymbols(list).length > 0) {
      return new Unstorable('an array with holes, or with properties of its own');
    }
    const copies: unknown[] = [];
    for (const [index, item] of list.entries()) {
      const copy = this.#copy(item);
      if (copy instanceof Unstorable) return under(String(index), copy);
      copies.push(copy);
    }
    return copies;
  }

  #copyObject(value: object): unknown {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      return new Unstorable(`an instance of ${nameOfSender(value.constructor)}`);
    }
    if (Object.getOwnPropertySymbols(value).length > 0) {
      return new Unstorable('a key that is a symbol');
    }
    const copies: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [key, item] of Object.entries(value)) {
      // A property that is undefined is a property that is not there.
      if (item === undefined) continue;
      if (!isStorableText(key))
        return under(shown(key), new Unstorable(`a key with ${reasonOf(key)}`));
      const copy = this.#copy(item);
      if (copy instanceof Unstorable) return under(shown(key), copy);
      copies[key] = copy;
    }
    return copies;
  }
}

function under(key: string, unstorable: Unstorable): Unstorable {
  unstorable.path = `.${key}${unstorable.path}`;
  return unstorable;
}

function shown(key: string): string {
  const text = key.slice(0, LONGEST_SHOWN);
  return isStorableText(text) ? text : JSON.stringify(text);
}

function reasonOf(text: string): string {
  return text.includes('\u0000') ? 'U+0000' : 'half of a character (a lone surrogate)';
}

function described(value: unknown): string {
  if (value === undefined) return 'undefined';
  return typeof value === 'number' ? String(value) : `a ${typeof value}`;
}
