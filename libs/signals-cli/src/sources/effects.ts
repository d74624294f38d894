import type { Place } from './sources.js';

/** Where in the code something happens, and in which function: `OrdersService.markPaid`. */
export interface Site extends Place {
  readonly by: string;
}

interface Happening {
  readonly site: Site;
  /** It stands in a branch, so that it happens or not. */
  readonly isConditional: boolean;
}

/** `signals.send(…)`. */
export interface SendEffect extends Happening {
  readonly kind: 'send';
  /** Undefined where the code does not tell which. */
  readonly signal: string | undefined;
  /** The name of the class; null for nobody, undefined where the code does not tell. */
  readonly sender: string | null | undefined;
  readonly isRobust: boolean;
}

export type InstanceWrite = 'save' | 'remove' | 'softRemove' | 'recover';

/** A call of TypeORM that writes. */
export interface WriteEffect extends Happening {
  readonly kind: 'write';
  readonly operation: string;
  /** What `save` and its like are: a write of instances, which sends model signals. */
  readonly instances: InstanceWrite | undefined;
  /** The names of the classes that it may be; none where the code does not tell. */
  readonly entities: readonly string[];
  /** Of a statement in SQL. */
  readonly table: string | undefined;
}

export type Channel = 'mail' | 'http' | 'queue';

/** Something that no rollback takes back. */
export interface ExternalEffect extends Happening {
  readonly kind: 'external';
  readonly channel: Channel;
  /** `Transporter.sendMail (nodemailer)`. */
  readonly call: string;
}

/** What happens in a transaction, or in a savepoint of the one that is open. */
export interface TransactionEffect extends Happening {
  readonly kind: 'transaction';
  readonly effects: readonly Effect[];
}

/** A callback of `onCommit` or `onRollback`. */
export interface DeferredEffect extends Happening {
  readonly kind: 'deferred';
  readonly phase: 'afterCommit' | 'afterRollback';
  readonly effects: readonly Effect[];
}

export type LeafEffect = SendEffect | WriteEffect | ExternalEffect;
export type Effect = LeafEffect | TransactionEffect | DeferredEffect;

/** The same, as part of something that happens or not. */
export function conditionally(effects: readonly Effect[]): readonly Effect[] {
  return effects.map((effect) => ({ ...effect, isConditional: true }));
}
