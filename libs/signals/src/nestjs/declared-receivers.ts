import type { DiscoveryService } from '@nestjs/core';
import { SeveralCopiesError } from '../core/index.js';
import { otherCopies } from '../integration/index.js';
import { receiversDeclaredOn, type ReceiverDeclaration } from './receiver.decorator.js';

export type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** One `@Receiver()` of one class that the application provides. */
export interface DeclaredReceiver {
  readonly type: Function;
  readonly wrapper: Wrapper;
  readonly method: string | symbol;
  readonly declaration: ReceiverDeclaration;
}

/**
 * The methods that carry `@Receiver()`, in the order in which they are connected. Reads metadata;
 * instantiates nothing.
 */
export function declaredReceivers(discovery: DiscoveryService): readonly DeclaredReceiver[] {
  return [...providedClasses(discovery)].flatMap(([type, wrapper]) =>
    [...receiversDeclaredOn(type)].flatMap(([method, declarations]) =>
      declarations.map((declaration) => ({ type, wrapper, method, declaration })),
    ),
  );
}

/**
 * Those that were declared with another copy of the package would never be connected.
 *
 * @throws SeveralCopiesError
 */
export function refuseReceiversOfOthers(discovery: DiscoveryService): void {
  for (const copy of otherCopies()) {
    for (const type of providedClasses(discovery).keys()) {
      const [method] = copy.receiversOn?.(type) ?? [];
      if (method) throw new SeveralCopiesError(`The receiver ${type.name}.${method}`, copy);
    }
  }
}

/** A class that is provided in several modules, or under several tokens, receives once. */
function providedClasses(discovery: DiscoveryService): ReadonlyMap<Function, Wrapper> {
  const classes = new Map<Function, Wrapper>();
  for (const wrapper of [...discovery.getProviders(), ...discovery.getControllers()]) {
    if (wrapper.isAlias) continue;
    const type = classOf(wrapper);
    if (type && !classes.has(type)) classes.set(type, wrapper);
  }
  return classes;
}

/** Whether the wrapper's instance is the provider; Nest keeps one without its constructor run for others. */
export function isSingleton(wrapper: Wrapper): boolean {
  return wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
}

/** What a factory makes is known once it is made, of a singleton, or else by a token that is a class. */
function classOf(wrapper: Wrapper): Function | undefined {
  const instance: unknown = isSingleton(wrapper) ? wrapper.instance : undefined;
  if (typeof instance === 'object' && instance !== null) return instance.constructor;
  const type: unknown = wrapper.isFactory ? wrapper.token : wrapper.metatype;
  return typeof type === 'function' && type.prototype ? type : undefined;
}
