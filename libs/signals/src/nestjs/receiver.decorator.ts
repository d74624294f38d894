import type { AnySignal, PayloadOf, ReceiverContext, ReceiverOptions } from '../index.js';
import { callSite } from './call-site.js';

/** One `@Receiver()` on one method. */
export interface ReceiverDeclaration {
  readonly signal: AnySignal;
  readonly options: ReceiverOptions;
}

type ReceiverMethod<P> = (payload: P, context: ReceiverContext) => unknown;

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
 * Without a `dispatchUid` the receiver is called `Class.method`. A method whose parameter does not
 * fit the signal is a compile error.
 */
export function Receiver<S extends AnySignal, E>(
  signals: S | readonly S[],
  options: ReceiverOptions<PayloadOf<S, E>, E> = {},
) {
  const location = options.location ?? callSite();
  return function decorate<M extends ReceiverMethod<PayloadOf<S, E>>>(
    prototype: object,
    method: string | symbol,
    _descriptor: TypedPropertyDescriptor<M>,
  ): void {
    const owner = `${prototype.constructor.name}.${String(method)}`;
    const declared = { owner, ...options, ...(location && { location }) };
    for (const signal of Array.isArray(signals) ? (signals as readonly S[]) : [signals as S]) {
      declare(prototype, method, { signal, options: declared });
    }
  };
}

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
