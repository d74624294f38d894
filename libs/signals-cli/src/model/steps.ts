import type { ReceiverInfo } from 'nestjs-signals/core';
import type { Channel, Place, Site } from '../sources/index.js';

/** What will happen, step by step; the tree that `explain` and `show` print. */
export type Step =
  | TransactionStep
  | SendStep
  | WriteStep
  | ReceiverStep
  | CallbackStep
  | ListenerStep
  | ExternalStep;

interface InCode {
  readonly site: Site;
  /** It stands in a branch. */
  readonly isConditional: boolean;
}

/** A transaction with what runs in it, and then what waits for its end. */
export interface TransactionStep extends InCode {
  readonly kind: 'transaction';
  /** A part of the transaction around it that can be undone alone. */
  readonly isSavepoint: boolean;
  /** `save()` opens one where there is none. */
  readonly isImplicit: boolean;
  readonly steps: readonly Step[];
  readonly afterCommit: readonly Step[];
  readonly afterRollback: readonly Step[];
}

export interface SendStep extends InCode {
  readonly kind: 'send';
  readonly signal: string | undefined;
  readonly sender: string | null | undefined;
  readonly receivers: readonly Step[];
}

export interface WriteStep extends InCode {
  readonly kind: 'write';
  readonly operation: string;
  readonly entities: readonly string[];
  readonly table: string | undefined;
  /** What the signals before the statement reach. */
  readonly before: readonly Step[];
  readonly after: readonly Step[];
}

export interface ExternalStep extends InCode {
  readonly kind: 'external';
  readonly channel: Channel;
  readonly call: string;
}

export interface ReceiverStep {
  readonly kind: 'receiver';
  readonly dispatchUid: string;
  readonly signal: string;
  readonly sender: string | null | undefined;
  readonly phase: ReceiverInfo['phase'];
  /** What becomes of its failure, in words. */
  readonly failure: string;
  readonly hasCondition: boolean;
  /** It hears this or not: that depends on who sends, which the code does not tell. */
  readonly isConditional?: true;
  readonly place: Place | undefined;
  /** It runs already, further up: from here on it repeats. */
  readonly isRepeated: boolean;
  readonly steps: readonly Step[];
}

/** A callback of `onCommit` or `onRollback`. */
export interface CallbackStep extends InCode {
  readonly kind: 'callback';
  readonly steps: readonly Step[];
}

/** A method with `@OnEvent()`, behind the bridge to the event emitter. */
export interface ListenerStep {
  readonly kind: 'listener';
  readonly owner: string;
  readonly event: string;
}
