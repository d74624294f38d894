import { Injectable } from '@nestjs/common';
import { ContextIdFactory, DiscoveryService, ModuleRef } from '@nestjs/core';
import { ReceiverDeclarationError, Signals, type ReceiverFunction } from '../index.js';
import { receiversDeclaredOn, type ReceiverDeclaration } from './receiver.decorator.js';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];
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
    const connected: Disposable[] = [];
    for (const [type, wrapper] of this.#classes()) {
      for (const [method, declarations] of receiversDeclaredOn(type)) {
        for (const declaration of declarations) {
          const receiver = this.#functionFor(declaration, wrapper, type, method);
          connected.push(
            this.signals.connect(declaration.signal, receiver, declaration.options as object),
          );
        }
      }
    }
    return connected;
  }

  /** A class that is provided in several modules, or under several tokens, receives once. */
  #classes(): ReadonlyMap<Function, Wrapper> {
    const classes = new Map<Function, Wrapper>();
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    for (const wrapper of wrappers) {
      if (wrapper.isAlias) continue;
      const type = classOf(wrapper);
      if (type && !classes.has(type)) classes.set(type, wrapper);
    }
    return classes;
  }

  #functionFor(
    declaration: ReceiverDeclaration,
    wrapper: Wrapper,
    type: Function,
    method: string | symbol,
  ): Receive {
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

function classOf(wrapper: Wrapper): Function | undefined {
  const instance: unknown = wrapper.isDependencyTreeStatic() ? wrapper.instance : undefined;
  if (typeof instance === 'object' && instance !== null) return instance.constructor;
  return typeof wrapper.metatype === 'function' && wrapper.metatype.prototype
    ? wrapper.metatype
    : undefined;
}

function methodOf(instance: object, type: Function, method: string | symbol): Receive {
  const candidate = (instance as Record<string | symbol, unknown>)[method];
  if (typeof candidate === 'function') return candidate.bind(instance) as Receive;
  throw new ReceiverDeclarationError(
    `${type.name}.${String(method)} is declared as a receiver, but its provider has no such method.`,
  );
}
