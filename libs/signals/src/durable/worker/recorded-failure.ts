import { storableText } from '../../integration/index.js';

/** How many characters are kept of a failure with all its causes. */
const MOST_CHARACTERS = 32_000;
const LONGEST_TEXT = 4_000;
const MOST_DETAILS = 30;
const MOST_ERRORS = 10;
const DEEPEST = 5;

type Kept = Record<string, unknown>;

/**
 * A failure as it can be kept whatever was thrown: its name, message, stack and causes, and of its other
 * properties those that are texts, numbers or booleans; cut to a bound, and without the characters that
 * PostgreSQL refuses. What is not kept, such as a request with its headers, is nobody's reason.
 */
export function recordedFailure(thrown: unknown): Error {
  const kept = new FailureCopy().of(thrown);
  return Object.assign(new Error('unknown', { cause: undefined }), kept);
}

class FailureCopy {
  #left = MOST_CHARACTERS;

  of(thrown: unknown, depth = 0): Kept {
    if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null) {
      return { name: 'NonError', message: this.#text(String(thrown)), stack: undefined };
    }
    const { name, message, stack } = {
      name: textIn(thrown, 'name') ?? 'NonError',
      message: textIn(thrown, 'message') ?? 'Something was thrown that is no error.',
      stack: textIn(thrown, 'stack'),
    };
    const kept: Kept = { name: this.#text(name), message: this.#text(message) };
    kept['stack'] = stack === undefined ? undefined : this.#text(stack);
    this.#addDetails(kept, thrown);
    kept['cause'] = this.#causeOf(thrown, depth);
    kept['errors'] = this.#errorsOf(thrown, depth);
    return kept;
  }

  #addDetails(kept: Kept, thrown: object): void {
    for (const key of keysOf(thrown).slice(0, MOST_DETAILS)) {
      if (key in kept) continue;
      const value = valueIn(thrown, key);
      if (typeof value === 'string') kept[this.#text(key)] = this.#text(value);
      else if (typeof value === 'bigint') kept[this.#text(key)] = this.#text(String(value));
      else if (typeof value === 'number' || typeof value === 'boolean') {
        kept[this.#text(key)] = value;
      }
    }
  }

  #causeOf(thrown: object, depth: number): Kept | undefined {
    const cause = valueIn(thrown, 'cause');
    return cause === undefined || cause === null || this.#isFull(depth)
      ? undefined
      : this.of(cause, depth + 1);
  }

  #errorsOf(thrown: object, depth: number): readonly Kept[] | undefined {
    const errors = listIn(thrown, 'errors');
    return errors?.flatMap((error) => (this.#isFull(depth) ? [] : [this.of(error, depth + 1)]));
  }

  #isFull(depth: number): boolean {
    return depth === DEEPEST || this.#left <= 0;
  }

  #text(text: string): string {
    const kept = storableText(text.slice(0, Math.min(LONGEST_TEXT, this.#left)));
    this.#left -= kept.length;
    return kept;
  }
}

/** As `instanceof`, of whatever was thrown: a proxy may refuse to answer. */
export function isA<T>(thrown: unknown, type: new (...of: never[]) => T): thrown is T {
  try {
    return thrown instanceof type;
  } catch {
    return false;
  }
}

function textIn(thrown: object, key: string): string | undefined {
  const value = valueIn(thrown, key);
  return typeof value === 'string' ? value : undefined;
}

/** Undefined for what cannot be read: a getter may throw, and a proxy anything. */
function valueIn(thrown: object, key: string): unknown {
  try {
    return (thrown as Kept)[key];
  } catch {
    return undefined;
  }
}

function keysOf(thrown: object): readonly string[] {
  try {
    return Object.keys(thrown);
  } catch {
    return [];
  }
}

/** The first items, with undefined for those that cannot be read. */
function listIn(thrown: object, key: string): readonly unknown[] | undefined {
  const list = valueIn(thrown, key);
  try {
    if (!Array.isArray(list)) return undefined;
    const length = Math.min(list.length, MOST_ERRORS);
    return Array.from({ length }, (_, index) => valueIn(list, String(index)));
  } catch {
    return undefined;
  }
}
