import { nameOfSender, storableText, type SerializeRequest } from '../../integration/index.js';
import type { ModelEvent, PreSave } from './model-event.js';

/** A value as it comes back from JSON. */
export type SerializedValue<T> = T extends Date ? string : T;

/** What a durable receiver is told of an instance: what was true at the send. */
export interface SerializedModelEvent<E> {
  /** The name of the entity. */
  readonly entity: string;
  readonly id: unknown;
  readonly using: string;
  /** The columns that the receiver asked for, with dates as text; null for what has no value. */
  readonly values: { readonly [Column in keyof E]?: SerializedValue<E[Column]> };
}

/** What a durable receiver is told of a save. */
export interface SerializedSave<E> extends SerializedModelEvent<E> {
  readonly created: boolean;
  readonly changed: readonly string[];
}

export function serializeModelEvent(
  { instance, id, using }: ModelEvent<unknown>,
  { sender, columns }: SerializeRequest,
): SerializedModelEvent<unknown> {
  const row = instance as Readonly<Record<string, unknown>>;
  const asked = columns.map((column) => [column, valueOf(row[column])] as const);
  return { entity: nameOfSender(sender), id, using, values: Object.fromEntries(asked) };
}

export function serializeSave(
  payload: PreSave<unknown>,
  request: SerializeRequest,
): SerializedSave<unknown> {
  const { created, changed } = payload;
  return { ...serializeModelEvent(payload, request), created, changed };
}

/** Of a text, what the driver makes of it on its way to the row. */
function valueOf(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  return value instanceof Date ? value.toISOString() : (value ?? null);
}
