import { nameOfSender, storableText, type StoreRequest } from '../../index.js';
import type { ModelEvent, PreSave } from './model-event.js';

/** A value as it comes back from JSON. */
export type StoredValue<T> = T extends Date ? string : T;

/** What a durable receiver is told of an instance: what was true at the send. */
export interface StoredModelEvent<E> {
  /** The name of the entity. */
  readonly entity: string;
  readonly id: unknown;
  readonly using: string;
  /** The columns that the receiver asked for, with dates as text; null for what has no value. */
  readonly values: { readonly [Column in keyof E]?: StoredValue<E[Column]> };
}

/** What a durable receiver is told of a save. */
export interface StoredSave<E> extends StoredModelEvent<E> {
  readonly created: boolean;
  readonly changed: readonly string[];
}

export function storeModelEvent(
  { instance, id, using }: ModelEvent<unknown>,
  { sender, values }: StoreRequest,
): StoredModelEvent<unknown> {
  const columns = instance as Readonly<Record<string, unknown>>;
  const asked = values.map((column) => [column, valueOf(columns[column])] as const);
  return { entity: nameOfSender(sender), id, using, values: Object.fromEntries(asked) };
}

export function storeSave(payload: PreSave<unknown>, request: StoreRequest): StoredSave<unknown> {
  const { created, changed } = payload;
  return { ...storeModelEvent(payload, request), created, changed };
}

/** Of a text, what the driver makes of it on its way to the row. */
function valueOf(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  return value instanceof Date ? value.toISOString() : (value ?? null);
}
