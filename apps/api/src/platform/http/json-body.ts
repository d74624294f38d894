import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors/domain.errors.js';

/** More than any request of the API has: an order of 50 lines is three levels deep and has 153 values. */
const DEEPEST = 10;
const MOST_VALUES = 500;
const LONGEST_NAME = 100;

export class BodyTooComplexError extends DomainError {
  readonly status = 413;
  readonly code = 'body-too-complex';
  readonly title = 'The request body has too many parts';

  constructor() {
    super(
      `Send JSON of at most ${MOST_VALUES} values, ${DEEPEST} levels deep, whose names have at most ${LONGEST_NAME} characters.`,
    );
  }
}

/**
 * Reads JSON bodies. What is larger than any request of the API is refused before it is parsed, so that nothing
 * walks it afterwards. A body of no bytes is none, whatever content type a client adds to its DELETE.
 */
export function readJsonBodies(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  fastify.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, text, done) => {
      if (text === '') return done(null);
      if (!isWithinBounds(text)) return done(new BodyTooComplexError());
      return parse(request, text, done);
    },
  );
}

/** Looks at each character once, and stops at the first bound that is passed. Malformed JSON is for the parser. */
export function isWithinBounds(json: string): boolean {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < json.length; at += 1) {
    switch (json[at]) {
      case '"': {
        const end = endOfText(json, at);
        if (end - at > LONGEST_NAME + 1 && isName(json, end)) return false;
        at = end;
        break;
      }
      case '[':
      case '{':
        depth += 1;
        values += 1;
        break;
      case ']':
      case '}':
        depth -= 1;
        break;
      case ',':
        values += 1;
        break;
    }
    if (depth > DEEPEST || values > MOST_VALUES) return false;
  }
  return true;
}

/** Where the text that begins at a quotation mark has its other one; the end of everything when it has none. */
function endOfText(json: string, begin: number): number {
  for (let at = begin + 1; at < json.length; at += 1) {
    if (json[at] === '"') return at;
    if (json[at] === '\\') at += 1;
  }
  return json.length;
}

const SPACE = /[ \t\n\r]*/y;

function isName(json: string, end: number): boolean {
  SPACE.lastIndex = end + 1;
  SPACE.test(json);
  return json[SPACE.lastIndex] === ':';
}
