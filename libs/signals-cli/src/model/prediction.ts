import type { DeferredEffect, Effect, WriteEffect } from '../sources/index.js';
import { failureSentence, isOfRequest } from './failure.js';
import { receiversOf, type SenderName } from './hearing.js';
import { signalsOfWrite } from './model-signals.js';
import type { MappedReceiver, SignalMap } from './signal-map.js';
import type { ReceiverStep, Step, TransactionStep } from './steps.js';

/** What waits for the end of a transaction. */
interface Waiting {
  readonly afterCommit: (() => readonly Step[])[];
  readonly afterRollback: (() => readonly Step[])[];
}

interface Surroundings {
  /** Undefined where no transaction is open. */
  readonly waiting: Waiting | undefined;
  /** The receivers inside which it happens. */
  readonly inside: readonly string[];
}

const NOWHERE: Surroundings = { waiting: undefined, inside: [] };

/** Tells from the effects that the code has which receivers run, in which order and when. */
export class Prediction {
  constructor(private readonly map: SignalMap) {}

  of(effects: readonly Effect[]): readonly Step[] {
    return this.#steps(effects, NOWHERE);
  }

  /**
   * What a send reaches, as seen from the open transaction that it is sent in; requests have none.
   * Undefined is a sender that no receiver names.
   */
  ofSend(signal: string, sender: SenderName): Omit<TransactionStep, 'site' | 'isConditional'> {
    const receivers = receiversOf(this.map.signal(signal), sender, this.map);
    const reached = (around: Surroundings): readonly Step[] =>
      this.#reached(signal, sender, around, receivers);
    if (!isOfRequest(signal)) return this.#inTransaction(NOWHERE, reached);
    return { ...this.#inTransaction(NOWHERE, () => []), steps: reached(NOWHERE) };
  }

  #steps(effects: readonly Effect[], around: Surroundings): readonly Step[] {
    return effects.flatMap((effect) => this.#step(effect, around));
  }

  #step(effect: Effect, around: Surroundings): readonly Step[] {
    const { site, isConditional } = effect;
    switch (effect.kind) {
      case 'external':
        return [effect];
      case 'transaction': {
        const inside = this.#inTransaction(around, (inner) => this.#steps(effect.effects, inner));
        return [{ ...inside, site, isConditional }];
      }
      case 'deferred':
        return this.#deferred(effect, around);
      case 'send': {
        const { signal, sender } = effect;
        const receivers = signal === undefined ? [] : this.#reached(signal, sender, around);
        return [{ kind: 'send', signal, sender, receivers, site, isConditional }];
      }
      case 'write':
        return this.#write(effect, around);
    }
  }

  #inTransaction(
    around: Surroundings,
    work: (inner: Surroundings) => readonly Step[],
  ): Omit<TransactionStep, 'site' | 'isConditional'> {
    const isSavepoint = around.waiting !== undefined;
    // Whatever waits in a savepoint waits for the end of the whole.
    const waiting = around.waiting ?? { afterCommit: [], afterRollback: [] };
    const steps = work({ ...around, waiting });
    const end = (tasks: readonly (() => readonly Step[])[]): readonly Step[] =>
      isSavepoint ? [] : tasks.flatMap((task) => task());
    return {
      kind: 'transaction',
      isSavepoint,
      isImplicit: false,
      steps,
      afterCommit: end(waiting.afterCommit),
      afterRollback: end(waiting.afterRollback),
    };
  }

  #write(effect: WriteEffect, around: Surroundings): readonly Step[] {
    const { site, isConditional } = effect;
    if (!around.waiting && effect.instances) {
      const inside = this.#inTransaction(around, (inner) =>
        this.#write({ ...effect, isConditional: false }, inner),
      );
      return [{ ...inside, isImplicit: true, site, isConditional }];
    }
    const { kind, operation, entities, table } = effect;
    const { before, after } = signalsOfWrite(effect);
    const senders = this.#senders(effect);
    const reached = (signal: string): readonly Step[] =>
      senders.flatMap((sender) => this.#reached(signal, sender, around));
    return [
      {
        kind,
        operation,
        entities,
        table,
        site,
        isConditional,
        before: reached(before),
        after: reached(after),
      },
    ];
  }

  /** A save takes along what its relations cascade to. */
  #senders({ entities, instances }: WriteEffect): readonly SenderName[] {
    if (entities.length === 0) return [undefined];
    const senders = new Set(entities);
    if (instances !== 'save') return [...senders];
    for (const name of senders) {
      const entity = this.map.entities.find((each) => each.name === name);
      for (const related of entity?.cascades ?? []) senders.add(related);
    }
    return [...senders];
  }

  #deferred(
    { phase, effects, site, isConditional }: DeferredEffect,
    around: Surroundings,
  ): readonly Step[] {
    const callback = (): readonly Step[] => [
      {
        kind: 'callback',
        steps: this.#steps(effects, { ...around, waiting: undefined }),
        site,
        isConditional,
      },
    ];
    if (around.waiting) around.waiting[phase].push(callback);
    // Without a transaction there is nothing to wait for, and nothing to roll back.
    return around.waiting || phase === 'afterRollback' ? [] : callback();
  }

  /** The receivers that run at once; those that wait are kept for the end of the transaction. */
  #reached(
    name: string,
    sender: SenderName,
    around: Surroundings,
    receivers = this.#perhapsReached(name, sender),
  ): readonly Step[] {
    return receivers.flatMap((receiver) => {
      const { phase } = receiver.info;
      if (phase === 'inTransaction') return [this.#receiver(receiver, name, sender, around)];
      const later = (): readonly Step[] => this.#later(receiver, name, sender, around);
      if (around.waiting) {
        const queue = phase === 'afterRollback' ? 'afterRollback' : 'afterCommit';
        around.waiting[queue].push(later);
        return [];
      }
      return phase === 'afterRollback' ? [] : later();
    });
  }

  /** Where the code does not tell who sends, everybody may hear it. */
  #perhapsReached(name: string, sender: SenderName): readonly MappedReceiver[] {
    const signal = this.map.signal(name);
    if (sender === undefined) return signal?.receivers ?? [];
    return receiversOf(signal, sender, this.map);
  }

  #later(
    receiver: MappedReceiver,
    name: string,
    sender: SenderName,
    { inside }: Surroundings,
  ): readonly Step[] {
    if (receiver.signal !== undefined) {
      return [this.#receiver(receiver, name, sender, { waiting: undefined, inside })];
    }
    return this.map
      .listenersOf(name)
      .map(({ owner }) => ({ kind: 'listener' as const, owner, event: name }));
  }

  #receiver(
    receiver: MappedReceiver,
    signal: string,
    sender: SenderName,
    around: Surroundings,
  ): ReceiverStep {
    const { info, options, place } = receiver;
    const { dispatchUid, phase, robust } = info;
    const self = `${dispatchUid} ${signal} ${sender}`;
    const isRepeated = around.inside.includes(self);
    const inner = { ...around, inside: [...around.inside, self] };
    const work = (within: Surroundings): readonly Step[] =>
      isRepeated ? [] : this.#steps(receiver.effects(), within);
    return {
      kind: 'receiver',
      dispatchUid,
      signal,
      sender,
      phase,
      place,
      isRepeated,
      failure: failureSentence(info),
      hasCondition: options.when !== undefined,
      ...(sender === undefined && receiver.sender !== undefined && { isConditional: true }),
      steps: robust && around.waiting ? this.#inTransaction(inner, work).steps : work(inner),
    };
  }
}
