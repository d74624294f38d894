import { pointerTo, type FieldError } from './domain.errors.js';

/** Where a request carries the one character that PostgreSQL cannot keep in a text. */
export function* nulCharacters(value: unknown, pointer = ''): Generator<FieldError> {
  if (typeof value === 'string' && value.includes('\0')) {
    yield { pointer, detail: 'must not contain the character U+0000' };
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      yield* nulCharacters(part, pointerTo(pointer, name));
    }
  }
}
