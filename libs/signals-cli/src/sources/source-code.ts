import { Dispatch } from './dispatch.js';
import { EffectReader } from './effect-reader.js';
import type { Effect, LeafEffect, Channel } from './effects.js';
import { EntityNames } from './entity-names.js';
import { ExternalCalls } from './external-calls.js';
import { Implementations } from './implementations.js';
import { Methods, type ReceiverInSource } from './methods.js';
import { RecognisedCalls } from './recognised-calls.js';
import { SignalNames, type DefinedSignal } from './signal-names.js';
import { MessageHandlers } from './message-handlers.js';
import { Sources, type Place } from './sources.js';
import { TypeParameters } from './type-arguments.js';

export interface SourceQuestion {
  readonly root: string;
  readonly tsconfig: string | undefined;
  /** The names of the signals that the running application would know. */
  readonly signals: readonly string[];
  readonly entities: readonly string[];
  readonly effects: Partial<Record<Channel, readonly string[]>> | undefined;
}

/** What the sources tell that the application's modules do not: who sends, and what comes of it. */
export interface SourceCode {
  readonly signals: readonly DefinedSignal[];
  /** Every call that sends, writes, or leaves the process. */
  readonly calls: readonly LeafEffect[];
  /** A method of the application, found by name. */
  method(type: string, name: string, location?: string): MethodInSource | undefined;
  /** The methods that carry `@Receiver()`, whether or not their class is provided. */
  readonly receivers: readonly ReceiverInSource[];
  /** The files of the application, relative to its folder. */
  readonly files: readonly string[];
  /** The lines of a file, as they are read. */
  lines(file: string): readonly string[];
}

export interface MethodInSource {
  readonly place: Place;
  effects(): readonly Effect[];
  /** Where `@Receiver()` of that signal stands. */
  receiverPlace(signal: string | undefined): Place;
}

/** @throws CommandError when there is no TypeScript or no `tsconfig.json`. */
export function readSourceCode(question: SourceQuestion): SourceCode {
  const sources = Sources.read(question.root, question.tsconfig);
  const names = new SignalNames(sources, question.signals);
  const parameters = new TypeParameters(sources);
  const entities = new EntityNames(sources, new Set(question.entities), parameters);
  const external = new ExternalCalls(question.effects);
  const calls = new RecognisedCalls(sources, names, entities, external);
  const implementations = new Implementations(sources);
  const reader = new EffectReader(sources, calls, {
    implementations,
    dispatch: new Dispatch(sources, implementations, parameters),
    handlers: new MessageHandlers(sources),
    parameters,
  });
  const methods = new Methods(sources, names);
  return {
    signals: names.defined(),
    calls: calls.all(),
    method(type, name, location) {
      const found = methods.find(type, name, location);
      return (
        found && {
          place: found.place,
          effects: () => reader.effectsOf(found.implementation, found.self),
          receiverPlace: (signal) => methods.placeOfReceiver(found, signal),
        }
      );
    },
    receivers: methods.receivers(),
    files: sources.files().map((file) => sources.place(file).file),
    lines: (file) => sources.lines(file),
  };
}
