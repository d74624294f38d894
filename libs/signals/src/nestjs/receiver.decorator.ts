import {
  ReceiverDeclarationError,
  type AnySignal,
  type ImmediateReceiverOptions,
  type PayloadOf,
  type ReceiverContext,
} from '../core/index.js';
import { ownCopy, type AnyReceiverOptions } from '../integration/index.js';
import { callSite } from '../diagnostics/index.js';

/** One `@Receiver()` on one method. */
export interface ReceiverDeclaration {
  readonly signal: AnySignal;
  readonly options: AnyReceiverOptions;
}

export type ReceiverMethod<P, C = ReceiverContext> = (payload: P, context: C) => unknown;
/**
 * Takes methods that fit. Of another one the compiler says that its descriptor lacks a property, whose
 * name is the mistake in words.
 */
export type ReceiverDecorator<Method extends ReceiverMethod<never, never>> = <M>(
  prototype: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<M> & Fitting<M, Method>,
) => void;

type Fitting<M, Method extends ReceiverMethod<never, never>> = M extends Method
  ? unknown
  : M extends (payload: Parameters<Method>[0], ...rest: never[]) => unknown
    ? {
        readonly 'the second parameter is no context of this kind of receiver': Parameters<Method>[1];
      }
    : { readonly 'the parameter does not fit the payload of the signal': Parameters<Method>[0] };

const declarations = new WeakMap<object, Map<string | symbol, ReceiverDeclaration[]>>();

/**
 * Connects a method of a provider, a controller included, to a signal, or to each of several, when
 * the application starts. The method stays callable as before.
 *
 * ```ts
 * @Receiver(orderPaid, { dispatchUid: 'billing.issueReceipt' })
 * issue(event: OrderPaid, context: ReceiverContext) { … }
 * ```
 *
 * Of a provider that is no singleton, because it or something that it depends on is `TRANSIENT` or lives for a
 * request, each send has a new instance: Nest constructs it, with all that lives as long, for that one call. `REQUEST`
 * is undefined in it, as a send is no request. What a factory of such a scope makes is known by its token, where
 * that is a class; under any other token it receives nothing.
 *
 * What is to be done later, in a worker, is a `@DurableReceiver()` of `nestjs-signals/durable`.
 *
 * Without a `dispatchUid` the receiver is called `Class.method`. A method whose parameter does not
 * fit the signal is a compile error; what is no method of instances is refused, while the class is defined, with
 * ReceiverDeclarationError.
 */
export function Receiver<S extends AnySignal, E>(
  signals: S | readonly S[],
  options: ImmediateReceiverOptions<PayloadOf<S, E>, E> = {},
): ReceiverDecorator<ReceiverMethod<PayloadOf<S, E>>> {
  return declareReceiver(signals, options);
}

/** What the decorators of receivers have in common. */
export function declareReceiver(
  signals: AnySignal | readonly AnySignal[],
  options: AnyReceiverOptions,
) {
  const location = options.location ?? callSite({ dependencies: true });
  return function decorate(
    prototype: object,
    method: string | symbol,
    descriptor?: PropertyDescriptor,
  ): void {
    refuseUnfit(prototype, method, descriptor);
    const owner = `${prototype.constructor.name}.${String(method)}`;
    const declared = { owner, ...options, ...(location && { location }) };
    for (const signal of [signals].flat() as readonly AnySignal[]) {
      declare(prototype, method, { signal, options: declared });
    }
  };
}

/** Nest has instances to call methods of, and nobody would read what a generator yields. */
function refuseUnfit(
  prototype: object,
  method: string | symbol | undefined,
  descriptor: PropertyDescriptor | undefined,
): void {
  const refuse = (why: string): never => {
    throw new ReceiverDeclarationError(`@Receiver() belongs on a method of a provider: ${why}.`);
  };
  if (typeof prototype === 'function') {
    refuse(
      method === undefined
        ? `${prototype.name} is a class`
        : `${prototype.name}.${String(method)} is static`,
    );
  }
  const name = `${prototype.constructor.name}.${String(method)}`;
  if (descriptor && 'get' in descriptor) refuse(`${name} is an accessor`);
  const kind = Object.prototype.toString.call(descriptor?.value);
  if (kind.endsWith('GeneratorFunction]')) {
    refuse(`${name} is a generator, which runs when it is read`);
  }
}

ownCopy.receiversOn = (type) => [...receiversDeclaredOn(type).keys()].map(String);

/** The declarations on a class and those that it inherits, by method. */
export function receiversDeclaredOn(
  type: Function,
): ReadonlyMap<string | symbol, readonly ReceiverDeclaration[]> {
  const found = new Map<string | symbol, readonly ReceiverDeclaration[]>();
  let prototype = type.prototype as object | null;
  while (prototype && prototype !== Object.prototype) {
    for (const [method, declared] of declarations.get(prototype) ?? []) {
      if (!found.has(method)) found.set(method, declared);
    }
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return found;
}

function declare(
  prototype: object,
  method: string | symbol,
  declaration: ReceiverDeclaration,
): void {
  const methods = declarations.get(prototype) ?? new Map<string | symbol, ReceiverDeclaration[]>();
  declarations.set(prototype, methods);
  // Decorators of one method are evaluated from the last to the first.
  methods.set(method, [declaration, ...(methods.get(method) ?? [])]);
}
