import {
  hearsEvent,
  type Application,
  type EntityInfo,
  type EventListener,
} from '../application/index.js';
import type { ReceiverInfo, Sender } from 'nestjs-signals/core';
import type { AnyReceiverOptions } from 'nestjs-signals/integration';
import type { Effect, LeafEffect, Place, SourceCode } from '../sources/index.js';
import { signalsOfWrite } from './model-signals.js';

/** A receiver, with what the sources tell of it. */
export interface MappedReceiver {
  readonly info: ReceiverInfo;
  /** Undefined for every domain signal. */
  readonly signal: string | undefined;
  readonly sender: Sender | undefined;
  readonly options: AnyReceiverOptions;
  /** Undefined without sources, and for the bridge of an integration. */
  readonly place: Place | undefined;
  readonly declaredOn: { readonly type: Function; readonly method: string } | undefined;
  /** What it does when it runs; nothing without sources. */
  effects(): readonly Effect[];
}

export interface MappedSignal {
  readonly name: string;
  readonly description: string | undefined;
  readonly category: 'domain' | 'lifecycle';
  /** Where it is defined. */
  readonly place: Place | undefined;
  /** Those that name it and, of a domain signal, the bridges. */
  readonly receivers: readonly MappedReceiver[];
  /** The calls that send it. */
  readonly calls: readonly LeafEffect[];
}

/** What is connected with what, in one application. */
export interface SignalMap {
  readonly signals: readonly MappedSignal[];
  /** In the order of listings. */
  readonly receivers: readonly MappedReceiver[];
  readonly entities: readonly EntityInfo[];
  readonly application: Application;
  readonly code: SourceCode | undefined;
  signal(name: string): MappedSignal | undefined;
  /** The methods that hear a signal through the bridge to the event emitter. */
  listenersOf(signal: string): readonly EventListener[];
}

export function mapSignals(application: Application, code: SourceCode | undefined): SignalMap {
  const receivers = application.receivers.map((receiver) => mapReceiver(receiver, code));
  const known = new Map<string, Pick<MappedSignal, 'name' | 'description' | 'category'>>();
  for (const signal of application.signals) known.set(signal.name, signal);
  for (const { name, description } of code?.signals ?? []) {
    if (!known.has(name)) known.set(name, { name, description, category: 'domain' });
  }
  const signals = [...known.values()].map((signal) => mapSignal(signal, receivers, code));
  const byName = new Map(signals.map((signal) => [signal.name, signal]));
  const isBridged = receivers.some(({ signal }) => signal === undefined);
  return {
    signals,
    receivers,
    entities: application.entities,
    application,
    code,
    signal: (name) => byName.get(name),
    listenersOf: (name) =>
      isBridged && byName.get(name)?.category === 'domain'
        ? application.listeners.filter((listener) => hearsEvent(listener, name))
        : [],
  };
}

function mapReceiver(
  { info, signal, sender, options, declaredOn }: Application['receivers'][number],
  code: SourceCode | undefined,
): MappedReceiver {
  const method = declaredOn && code?.method(declaredOn.type.name, declaredOn.method, info.location);
  return {
    info,
    signal: signal?.name,
    sender,
    options,
    place: method?.receiverPlace(signal?.name),
    declaredOn,
    effects: () => method?.effects() ?? [],
  };
}

function mapSignal(
  { name, description, category }: Pick<MappedSignal, 'name' | 'description' | 'category'>,
  receivers: readonly MappedReceiver[],
  code: SourceCode | undefined,
): MappedSignal {
  const isHeardBy = ({ signal }: MappedReceiver): boolean =>
    signal === name || (signal === undefined && category === 'domain');
  return {
    name,
    description,
    category,
    place: code?.signals.find((each) => each.name === name)?.place,
    receivers: receivers
      .filter(isHeardBy)
      .toSorted((one, other) => one.info.order - other.info.order),
    calls: code?.calls.filter((call) => sends(call, name)) ?? [],
  };
}

function sends(call: LeafEffect, signal: string): boolean {
  if (call.kind === 'send') return call.signal === signal;
  if (call.kind !== 'write') return false;
  const { before, after } = signalsOfWrite(call);
  return before === signal || after === signal;
}
