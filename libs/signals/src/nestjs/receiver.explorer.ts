import { Injectable } from '@nestjs/common';
import { ContextIdFactory, DiscoveryService, ModuleRef } from '@nestjs/core';
import { ReceiverDeclarationError, Signals, type ReceiverFunction } from '../core/index.js';
import { attachAll } from '../integration/index.js';
import {
  declaredReceivers,
  isSingleton,
  refuseReceiversOfOthers,
  type DeclaredReceiver,
  type Wrapper,
} from './declared-receivers.js';
import type { ReceiverDeclaration } from './receiver.decorator.js';

type Receive = ReceiverFunction<unknown>;

/** Finds the methods that carry `@Receiver()`, and calls them on the instances that Nest makes. */
@Injectable()
export class ReceiverExplorer {
  /** One function for each class and declaration, so that exploring again connects nothing twice. */
  readonly #functions = new Map<Function, Map<ReceiverDeclaration, Receive>>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly signals: Signals,
  ) {}

  /** Connects all of them or, when one is refused, none. */
  connectAll(): Disposable {
    refuseReceiversOfOthers(this.discovery);
    return attachAll(
      declaredReceivers(this.discovery).map((declared) => () => {
        const { signal, options } = declared.declaration;
        return this.signals.connect(signal, this.#functionFor(declared), options as object);
      }),
    );
  }

  #functionFor({ declaration, wrapper, type, method }: DeclaredReceiver): Receive {
    const functions = this.#functions.get(type) ?? new Map<ReceiverDeclaration, Receive>();
    this.#functions.set(type, functions);
    const known = functions.get(declaration);
    if (known) return known;
    const receiver: Receive = isSingleton(wrapper)
      ? (payload, context) => methodOf(wrapper.instance as object, type, method)(payload, context)
      : async (payload, context) =>
          methodOf(await instantiate(wrapper), type, method)(payload, context);
    functions.set(declaration, receiver);
    return receiver;
  }
}

/** A provider of another scope, its own or that of a dependency, lives for one send here. */
function instantiate({ host, token }: Wrapper): Promise<object> {
  // Another module may provide something else under the same token.
  const moduleRef = host?.providers.get(ModuleRef)?.instance as ModuleRef;
  return moduleRef.resolve(token as Function, ContextIdFactory.create(), { strict: true });
}

function methodOf(instance: object, type: Function, method: string | symbol): Receive {
  const candidate = (instance as Record<string | symbol, unknown>)[method];
  if (typeof candidate === 'function') return candidate.bind(instance) as Receive;
  throw new ReceiverDeclarationError(
    `${type.name}.${String(method)} is declared as a receiver, but its provider has no such method.`,
  );
}
