import { pointerTo, type FieldError } from './domain.errors.js';

/** Half of a character that UTF-16 writes as two. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Where a request carries what PostgreSQL cannot keep in a text, or JSON in `jsonb`. */
export function* unstorableTexts(value: unknown, pointer = ''): Generator<FieldError> {
  if (typeof value === 'string') {
    if (value.includes('\0')) {
      yield { pointer, detail: 'must not contain the character U+0000' };
    } else if (LONE_SURROGATE.test(value)) {
      yield { pointer, detail: 'must not contain half of a surrogate pair' };
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      yield* unstorableTexts(part, pointerTo(pointer, name));
    }
  }
}
