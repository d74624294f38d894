/**
 * How the payload of a signal depends on its sender. Most signals have one payload for every
 * sender ({@link FixedPayload}); a model signal carries an instance of the sender's own class.
 */
export interface PayloadKind {
  readonly sender: unknown;
  readonly payload: unknown;
  /** What a durable receiver is given, where that is not the payload itself. */
  readonly serialized?: unknown;
}

/** The kind of a signal whose payload is the same type whoever sends it. */
export interface FixedPayload<P> extends PayloadKind {
  readonly payload: P;
}

declare const kind: unique symbol;

/**
 * A typed signal: a value that senders and receivers share, and the only thing that they share.
 * Two signals are the same when they are the same object; the name is for people and tools.
 */
export interface SignalOf<K extends PayloadKind> {
  /** Unique in an application, `module.pastTenseFact` by convention. */
  readonly name: string;
  /** What happened, and in which transaction it is sent. Shown by every listing. */
  readonly description: string | undefined;
  /**
   * `domain` signals tell what happened in the business and reach bridges such as the event
   * emitter; `lifecycle` signals (models, requests) do not.
   */
  readonly category: SignalCategory;
  /**
   * Turns a payload into what a durable receiver is given; undefined where the payload is JSON.
   */
  readonly serialize: PayloadSerializer | undefined;
  readonly [kind]?: K;
}

/** What a durable receiver asks to be told, as far as its signal decides on it. */
export interface SerializeRequest {
  readonly sender: Sender | null;
  /** See {@link ReceiverOptions.columns}. */
  readonly columns: readonly string[];
}

export type PayloadSerializer = (payload: never, request: SerializeRequest) => unknown;

export type SignalCategory = 'domain' | 'lifecycle';

/** A signal whose payload is a `P`, whoever sends it. */
export type Signal<P> = SignalOf<FixedPayload<P>>;

export type AnySignal = SignalOf<PayloadKind>;

/** The payload that signal `S` carries when a sender of entity type `E` sends it. */
export type PayloadOf<S extends AnySignal, E = unknown> =
  S extends SignalOf<infer K> ? (K & { readonly sender: E })['payload'] : never;

/** What a durable receiver of signal `S` is given when a sender of entity type `E` sends it. */
export type SerializedPayloadOf<S extends AnySignal, E = unknown> =
  S extends SignalOf<infer K>
    ? K & { readonly sender: E } extends { readonly serialized: infer T }
      ? T
      : (K & { readonly sender: E })['payload']
    : never;

/**
 * Who sends: a class, or a name where there is no class (an entity schema, a job).
 * Matching is by identity, not by inheritance (Django: `sender`).
 */
export type Sender<E = unknown> = SenderClass<E> | string;

/** A class, also an abstract one or one with a private constructor. */
export interface SenderClass<E = unknown> extends Function {
  readonly prototype: E;
}

export interface SignalDefinition {
  readonly description?: string;
}

export interface LifecycleSignalDefinition extends SignalDefinition {
  /** See {@link SignalOf.serialize}. */
  readonly serialize?: PayloadSerializer;
}

/** Thrown when a signal is defined without a usable name. */
export class InvalidSignalNameError extends Error {
  override readonly name = 'InvalidSignalNameError';
}

/**
 * Defines a domain signal. Do it once, at module level, beside its sender.
 *
 * ```ts
 * export const orderPaid = defineSignal<OrderPaid>('orders.orderPaid', {
 *   description: 'An order was paid. Sent inside the transaction that paid it.',
 * });
 * ```
 *
 * Let the payload carry ids and values, not entities: a receiver may run long after the send.
 *
 * @throws InvalidSignalNameError when the name is empty or holds white space.
 */
export function defineSignal<P>(name: string, definition: SignalDefinition = {}): Signal<P> {
  return createSignal<FixedPayload<P>>(name, 'domain', definition);
}

/**
 * Defines a signal that a framework integration sends, whose payload may depend on its sender.
 * For authors of integrations; applications use {@link defineSignal}.
 */
export function defineLifecycleSignal<K extends PayloadKind>(
  name: string,
  definition: LifecycleSignalDefinition = {},
): SignalOf<K> {
  return createSignal<K>(name, 'lifecycle', definition);
}

function createSignal<K extends PayloadKind>(
  name: string,
  category: SignalCategory,
  { description, serialize }: LifecycleSignalDefinition,
): SignalOf<K> {
  if (!/^\S+$/.test(name)) {
    throw new InvalidSignalNameError(
      `A signal needs a name without white space, such as 'orders.orderPaid'; got '${name}'.`,
    );
  }
  return Object.freeze({ name, description, category, serialize });
}

/** How a sender is called in messages and listings. */
export function nameOfSender(sender: Sender | null | undefined): string {
  if (sender === null || sender === undefined) return 'any sender';
  if (typeof sender === 'string') return sender;
  return typeof sender.name === 'string' && sender.name !== '' ? sender.name : 'a nameless class';
}
