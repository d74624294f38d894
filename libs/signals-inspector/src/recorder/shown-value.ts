import { cut } from './text.js';

/** Decides which texts may be shown; everything else of a payload follows the rules below. */
export type VisibleField = (path: string) => boolean;

const DEEPEST = 3;
const MOST_ENTRIES = 24;
const MOST_ALTOGETHER = 200;
/** Of one entry with its key, in memory, without the characters of texts. */
const BYTES = 48;
const MOST_PLACES = 1_000;
/** Of objects at one place. */
const MOST_SHAPES = 16;
const LONGEST_KEY = 80;
const ID = /^(?:\d{1,20}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;
const ID_FIELD = /(?:^|\.)(?:id|[a-z]\w*(?:Id|_id|Ids))(?:\.\d+)?$/;

/** Of short texts, which are many. */
const LENGTHS = Array.from({ length: 256 }, (_, length) => `(text of ${length} characters)`);

function lengthInWords(length: number): string {
  return LENGTHS[length] ?? `(text of ${length} characters)`;
}

/**
 * What is shown of an object. Objects of one kind share their keys: the recorder writes more of them
 * than anybody looks at.
 */
class ShownObject {
  constructor(
    private readonly keys: readonly string[],
    private readonly values: readonly unknown[],
  ) {}

  toJSON(): Record<string, unknown> {
    return Object.fromEntries(this.values.map((value, index) => [this.keys[index], value]));
  }
}

/** Keys that came together, as they are shown, and the places of their values. */
interface Shape {
  readonly keys: readonly string[];
  readonly shownKeys: readonly string[];
  readonly places: readonly Place[];
}

/** A place in values, learned once: paths are not built again for every value. */
class Place {
  readonly places = new Map<string, Place>();
  readonly shapes: Shape[] = [];

  constructor(
    readonly path: string,
    /** Whether texts are shown here: always, where they are ids, or never. */
    readonly showing: 'text' | 'id' | 'length',
  ) {}
}

/**
 * What of values may be shown, by an allow-list: numbers, booleans, dates and ids. Texts are
 * replaced by their length, unless their field was declared visible. Reads no getters of classes and
 * calls nothing of the value. However large a value is, what is shown is small.
 */
export class ShownValues {
  readonly #root: Place;
  /** The objects in the value, and where each was shown. */
  readonly #seen = new Map<object, string>();
  #learned = 0;
  #entries = 0;
  #characters = 0;

  /** @param deepest how many objects inside each other are shown. */
  constructor(
    private readonly isVisible: VisibleField,
    private readonly deepest = DEEPEST,
  ) {
    this.#root = this.#learn('');
  }

  /** For JSON; later changes of the value leave it as it is. */
  of(value: unknown): unknown {
    this.#entries = 0;
    this.#characters = 0;
    this.#seen.clear();
    return this.#shown(value, this.#root, 0);
  }

  /** What is shown of the latest value takes so much memory, roughly. */
  get bytes(): number {
    return this.#entries * BYTES + 2 * this.#characters;
  }

  #shown(value: unknown, place: Place, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return this.#text(value, place);
      case 'number':
      case 'boolean':
      case 'undefined':
        return value;
      case 'bigint':
        return String(value);
      case 'object':
        return value === null ? null : this.#object(value, place, depth);
      default:
        return `(${typeof value})`;
    }
  }

  #text(text: string, { showing }: Place): string {
    const isShown = showing === 'text' || (showing === 'id' && ID.test(text));
    if (!isShown) return lengthInWords(text.length);
    const shown = cut(text);
    this.#characters += shown.length;
    return shown;
  }

  #object(value: object, place: Place, depth: number): unknown {
    if (value instanceof Date) {
      return Number.isNaN(value.getTime()) ? '(no date)' : new Date(value);
    }
    if (Array.isArray(value)) return this.#array(value, place, depth);
    if (depth >= this.deepest) return '(object)';
    const before = this.#seen.get(value);
    if (before !== undefined) return `(the same as ${before || 'the whole'})`;
    this.#seen.set(value, place.path);
    const { keys, shownKeys, places } = this.#shapeOf(value, place);
    const values: unknown[] = [];
    for (const [index, key] of keys.entries()) {
      if ((this.#entries += 1) > MOST_ALTOGETHER) break;
      const entry = Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
      const isMethod = typeof entry === 'function';
      values.push(isMethod ? undefined : this.#shown(entry, places[index] ?? place, depth + 1));
    }
    return new ShownObject(shownKeys, values);
  }

  #array(value: readonly unknown[], place: Place, depth: number): unknown {
    if (depth >= this.deepest) return `(${value.length} entries)`;
    const shown: unknown[] = [];
    for (const [index, entry] of value.slice(0, MOST_ENTRIES).entries()) {
      if ((this.#entries += 1) > MOST_ALTOGETHER) break;
      shown.push(this.#shown(entry, this.#within(place, String(index)), depth + 1));
    }
    const more = value.length - shown.length;
    return more > 0 ? [...shown, `(${more} more)`] : shown;
  }

  #shapeOf(value: object, place: Place): Shape {
    const all = Object.keys(value);
    const keys = all.length > MOST_ENTRIES ? all.slice(0, MOST_ENTRIES) : all;
    for (const shape of place.shapes) if (areSame(shape.keys, keys)) return shape;
    const shape: Shape = {
      keys,
      shownKeys: keys.map((key) => cut(key, LONGEST_KEY)),
      places: keys.map((key) => this.#within(place, key)),
    };
    if (place.shapes.length < MOST_SHAPES) place.shapes.push(shape);
    else this.#characters += shape.shownKeys.reduce((sum, key) => sum + key.length, 0);
    return shape;
  }

  #within(place: Place, key: string): Place {
    const known = place.places.get(key);
    if (known) return known;
    const learned = this.#learn(place.path === '' ? key : `${place.path}.${key}`);
    if ((this.#learned += 1) <= MOST_PLACES) place.places.set(key, learned);
    return learned;
  }

  #learn(path: string): Place {
    const others = ID_FIELD.test(path) ? 'id' : 'length';
    return new Place(path, this.isVisible(path) ? 'text' : others);
  }
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((key, index) => key === others[index]);
}
