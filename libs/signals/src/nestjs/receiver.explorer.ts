import { Injectable } from '@nestjs/common';
import { ContextIdFactory, DiscoveryService, ModuleRef } from '@nestjs/core';
import { ReceiverDeclarationError, Signals, type ReceiverFunction } from '../index.js';
import { declaredReceivers, type DeclaredReceiver, type Wrapper } from './declared-receivers.js';
import type { ReceiverDeclaration } from './receiver.decorator.js';

type Receive = ReceiverFunction<unknown>;

/** Finds the methods that carry `@Receiver()`. Reads metadata; instantiates nothing. */
@Injectable()
export class ReceiverExplorer {
  /** One function for each class and declaration, so that exploring again connects nothing twice. */
  readonly #functions = new Map<Function, Map<ReceiverDeclaration, Receive>>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly moduleRef: ModuleRef,
    private readonly signals: Signals,
  ) {}

  connectAll(): readonly Disposable[] {
    return declaredReceivers(this.discovery).map((declared) => {
      const { signal, options } = declared.declaration;
      return this.signals.connect(signal, this.#functionFor(declared), options as object);
    });
  }

  #functionFor({ declaration, wrapper, type, method }: DeclaredReceiver): Receive {
    const functions = this.#functions.get(type) ?? new Map<ReceiverDeclaration, Receive>();
    this.#functions.set(type, functions);
    const known = functions.get(declaration);
    if (known) return known;
    const receiver: Receive = wrapper.isDependencyTreeStatic()
      ? (payload, context) => methodOf(wrapper.instance as object, type, method)(payload, context)
      : async (payload, context) =>
          methodOf(await this.#instantiate(wrapper), type, method)(payload, context);
    functions.set(declaration, receiver);
    return receiver;
  }

  /** A provider that lives for one request lives for one send here. */
  #instantiate(wrapper: Wrapper): Promise<object> {
    const contextId = ContextIdFactory.create();
    return this.moduleRef.resolve(wrapper.token as Function, contextId, { strict: false });
  }
}

function methodOf(instance: object, type: Function, method: string | symbol): Receive {
  const candidate = (instance as Record<string | symbol, unknown>)[method];
  if (typeof candidate === 'function') return candidate.bind(instance) as Receive;
  throw new ReceiverDeclarationError(
    `${type.name}.${String(method)} is declared as a receiver, but its provider has no such method.`,
  );
}
