import { cut } from './text.js';

/** Decides which texts may be shown; everything else of a payload follows the rules below. */
export type VisibleField = (path: string) => boolean;

const DEEPEST = 3;
const MOST_ENTRIES = 24;
const ID = /^(?:\d{1,20}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;
const ID_FIELD = /(?:^|\.)(?:id|[a-z]\w*(?:Id|_id|Ids))(?:\.\d+)?$/;

/**
 * What of a value may be shown, by an allow-list: numbers, booleans, dates and ids. Texts are
 * replaced by their length, unless their field was declared visible. Reads no getters of classes and
 * calls nothing of the value.
 */
export function shownValue(value: unknown, isVisible: VisibleField, path = '', depth = 0): unknown {
  switch (typeof value) {
    case 'string':
      return shownText(value, path, isVisible);
    case 'number':
    case 'boolean':
    case 'undefined':
      return value;
    case 'bigint':
      return String(value);
    case 'object':
      return value === null ? null : shownObject(value, isVisible, path, depth);
    default:
      return `(${typeof value})`;
  }
}

function shownText(text: string, path: string, isVisible: VisibleField): string {
  const isId = ID_FIELD.test(path) && ID.test(text);
  return isId || isVisible(path) ? cut(text) : `(text of ${text.length} characters)`;
}

function shownObject(value: object, isVisible: VisibleField, path: string, depth: number): unknown {
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? '(no date)' : value.toISOString();
  if (Array.isArray(value)) {
    if (depth >= DEEPEST) return `(${value.length} entries)`;
    const shown = value
      .slice(0, MOST_ENTRIES)
      .map((entry, index) => shownValue(entry, isVisible, join(path, String(index)), depth + 1));
    return value.length > MOST_ENTRIES
      ? [...shown, `(${value.length - MOST_ENTRIES} more)`]
      : shown;
  }
  if (depth >= DEEPEST) return '(object)';
  const shown: Record<string, unknown> = {};
  let count = 0;
  for (const key of Object.keys(value)) {
    if ((count += 1) > MOST_ENTRIES) break;
    const { value: entry } = Object.getOwnPropertyDescriptor(value, key) ?? {};
    if (typeof entry !== 'function') {
      shown[cut(key, 80)] = shownValue(entry, isVisible, join(path, key), depth + 1);
    }
  }
  return shown;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** The types of a statement's parameters, never their values. */
export function typesOf(parameters: readonly unknown[]): readonly string[] {
  return parameters.slice(0, 100).map((value) => {
    if (value === null || value === undefined) return 'null';
    if (value instanceof Date) return 'date';
    return Array.isArray(value) ? 'array' : typeof value;
  });
}
