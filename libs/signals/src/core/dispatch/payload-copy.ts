/** A payload as its receivers see it. */
export interface PayloadCopy {
  readonly payload: unknown;
  /** Whether it holds something that a receiver can change all the same: a date, a map, bytes. */
  readonly isChangeable: boolean;
}

type Fields = Record<string | symbol, unknown>;

/** The one key of an object without a class that cannot be assigned. */
const PROTOTYPE = '__proto__';

/**
 * Copies the envelope, whatever its prototype, and the data in it: objects without a class, arrays of
 * any class, maps, sets, dates and bytes, however deep. Instances of classes inside, such as entities, are
 * handed on as they are, and so is an envelope that is an entity itself or, like an `Error` or a
 * stream, more than its properties. Copies of objects and arrays are frozen.
 */
export function copyPayload(
  payload: unknown,
  isEntity: (value: object) => boolean = () => false,
): PayloadCopy {
  if (typeof payload !== 'object' || payload === null) return { payload, isChangeable: false };
  if (Object.getPrototypeOf(payload) === Object.prototype) {
    const flat = flatCopy(payload as Fields);
    if (flat) return { payload: flat, isChangeable: false };
  } else if (!isData(payload) && (!isEnvelope(payload) || isEntity(payload))) {
    return { payload, isChangeable: false };
  }
  return new Copying().copy(payload);
}

/** The same data as objects of its own, which may be changed. */
export function copyOfData<T>(value: T): T {
  return isData(value) ? (new Copying().open(value as object) as T) : value;
}

/** The same data as frozen objects of its own. */
export function frozenCopyOf<T>(value: T): T {
  return copyPayload(value).payload as T;
}

/** The frozen copy of what holds no data that has to be copied too; undefined for anything else. */
function flatCopy(fields: Fields): Fields | undefined {
  // Not by spreading: to freeze what that makes takes several times as long.
  const copy: Fields = {};
  for (const key in fields) {
    const value = fields[key];
    if (isData(value) || key === PROTOTYPE) return undefined;
    copy[key] = value;
  }
  return Object.getOwnPropertySymbols(fields).length > 0 ? undefined : Object.freeze(copy);
}

/** What is nothing but its content. An instance of a subclass is more, unless it is a list all the same. */
function isData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === Object.prototype ||
    prototype === null ||
    prototype === Date.prototype ||
    prototype === Map.prototype ||
    prototype === Set.prototype ||
    Array.isArray(value) ||
    isBytes(value)
  );
}

function isBytes(value: object): value is Uint8Array {
  return value instanceof Uint8Array;
}

/** An instance of a class that somebody wrote: what is built in says what it is. */
function isEnvelope(value: object): boolean {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** One copy of data that may meet itself: what comes twice is copied once. */
class Copying {
  readonly #copies = new Map<object, object>();
  #isChangeable = false;

  copy(root: object): PayloadCopy {
    const payload = this.open(root);
    for (const copy of this.#copies.values()) if (!isBytes(copy)) Object.freeze(copy);
    return { payload, isChangeable: this.#isChangeable };
  }

  /** Goes on while there is something new in it: data may be nested deeper than calls can be. */
  open(root: object): object {
    const copy = this.#begin(root);
    for (const [source, begun] of this.#copies) this.#fill(source, begun);
    return copy;
  }

  #begin(source: object): object {
    const copy = emptyCopy(source);
    if (!Array.isArray(copy) && isData(copy) && !isPlain(copy)) this.#isChangeable = true;
    this.#copies.set(source, copy);
    return copy;
  }

  #fill(source: object, copy: object): void {
    if (Array.isArray(source)) {
      this.#fillList(source, copy as unknown[]);
    } else if (isPlain(source)) {
      for (const key in source) this.#fillField(source as Fields, copy as Fields, key);
      for (const key of symbolsOf(source)) this.#fillField(source as Fields, copy as Fields, key);
    } else if (source instanceof Map) {
      for (const [key, value] of source) {
        (copy as Map<unknown, unknown>).set(this.#place(key), this.#place(value));
      }
    } else if (source instanceof Set) {
      for (const value of source) (copy as Set<unknown>).add(this.#place(value));
    } else if (!isData(source)) {
      this.#defineFields(source as Fields, copy);
    }
  }

  #fillList(source: readonly unknown[], copy: unknown[]): void {
    // The methods of a subclass, and its iterator, may do anything.
    if (isNothingButItems(source) && isOrdinary(source)) {
      for (const item of source) copy.push(this.#place(item));
      return;
    }
    copy.length = source.length;
    this.#defineFields(source as unknown as Fields, copy);
  }

  #defineFields(source: Fields, copy: object): void {
    for (const key of [...Object.keys(source), ...symbolsOf(source)]) {
      define(copy, key, this.#place(source[key]));
    }
  }

  #fillField(source: Fields, copy: Fields, key: string | symbol): void {
    const value = this.#place(source[key]);
    if (key === PROTOTYPE) define(copy, key, value);
    else copy[key] = value;
  }

  #place(value: unknown): unknown {
    if (!isData(value)) return value;
    return this.#copies.get(value as object) ?? this.#begin(value as object);
  }
}

/** A list without holes, and without properties of its own: they come after the items among its keys. */
function isNothingButItems(list: readonly unknown[]): boolean {
  const keys = Object.keys(list);
  return (
    keys.length === list.length &&
    keys.at(-1) === String(list.length - 1) &&
    Object.getOwnPropertySymbols(list).length === 0
  );
}

function isOrdinary(list: readonly unknown[]): boolean {
  return Object.getPrototypeOf(list) === Array.prototype;
}

/** Where an assignment could find a setter. */
function define(copy: object, key: string | symbol, value: unknown): void {
  Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true });
}

function symbolsOf(source: object): readonly symbol[] {
  return Object.getOwnPropertySymbols(source).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(source, key),
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function emptyCopy(source: object): object {
  const prototype = Object.getPrototypeOf(source) as object | null;
  if (prototype === Object.prototype) return {};
  if (Array.isArray(source)) {
    return isOrdinary(source) ? [] : (Object.setPrototypeOf([], prototype) as unknown[]);
  }
  if (source instanceof Date) return new Date(source);
  if (Buffer.isBuffer(source)) return Buffer.from(source);
  if (isBytes(source)) return source.slice();
  if (source instanceof Map) return new Map();
  if (source instanceof Set) return new Set();
  return Object.create(prototype) as object;
}
