/** Two data sources, each on a pool of one connection. */
export const SOURCES = ['a', 'b'] as const;
export type Source = (typeof SOURCES)[number];

/** Two applications of one process: `host` is there from the start, `guest` comes and goes. */
export type Application = 'host' | 'guest';

/**
 * The receivers that are connected, in this order, to what is sent: `vet` before a save, the others
 * after it, and all of the host to a signal that it sends by itself. A delivery to `stored` is a row.
 */
export const RECEIVERS = {
  vet: { phase: 'inTransaction', robust: false, of: 'host' },
  audit: { phase: 'inTransaction', robust: false, of: 'host' },
  guarded: { phase: 'inTransaction', robust: true, of: 'host' },
  later: { phase: 'afterCommit', robust: false, of: 'host' },
  undone: { phase: 'afterRollback', robust: false, of: 'host' },
  stored: { phase: 'durable', robust: false, of: 'host' },
  mirror: { phase: 'inTransaction', robust: false, of: 'guest' },
  mirrorLater: { phase: 'afterCommit', robust: false, of: 'guest' },
} as const;
export type ReceiverName = keyof typeof RECEIVERS;

export function receiversOf(application: Application): readonly ReceiverName[] {
  const names = Object.keys(RECEIVERS) as ReceiverName[];
  return names.filter((name) => RECEIVERS[name].of === application);
}

/** What the receivers of one send do; one without a plan is skipped by its `when`. */
export type Plan = Partial<Record<ReceiverName, Step[]>>;

interface Labelled {
  /** Where the step stands in its tree; names everything that it leaves behind. */
  label: string;
}

interface InSource {
  /** Whose connection is used: the one that is already held, or else one of the pool. */
  on: Source;
}

interface Branch {
  body: Step[];
}

type Statement =
  | { do: 'note' | 'sqlError' }
  | { do: 'doom' | 'rollback' }
  | { do: 'savepoint' | 'rollbackTo' | 'release'; name: string }
  | { do: 'kill'; from: 'inside' | 'outside' }
  /** The guest attaches the data source, or closes the session in which it did. */
  | { do: 'visit' };

/**
 * `byHand`: by the methods of a query runner; `byCommit`: begun by one, and ended by a COMMIT as a
 * statement; `byRollback`: always ended by a ROLLBACK as a statement.
 */
export type How = 'atomic' | 'transaction' | 'byHand' | 'byCommit' | 'byRollback';

export function isByHand(how: How): how is 'byHand' | 'byCommit' | 'byRollback' {
  return how !== 'atomic' && how !== 'transaction';
}

type Level =
  | { do: 'level'; how: How }
  /** The steps start together, in a level of their own, which `all` fails with the first of them. */
  | { do: 'parallel'; until: 'all' | 'allSettled' }
  | { do: 'runner' }
  /** The data source is initialized again, or is another one, which the host attaches then. */
  | { do: 'restart'; how: 'again' | 'attachedBefore' | 'attachedAfter' }
  | { do: 'begin'; end: 'commit' | 'rollback' }
  | { do: 'bracket'; name: string; end: 'release' | 'rollbackTo' };

/** `via`: the transaction is the ambient one, is named by its manager, or by a receiver's context. */
interface Registering extends Branch {
  do: 'callback';
  event: 'commit' | 'rollback';
  via: 'ambient' | 'manager' | 'context';
  key: string | undefined;
}

/** One node of a tree: something that a program which uses the library may do. */
export type Step = Labelled &
  (
    | (InSource & Statement)
    | (InSource & Branch & Level)
    | (InSource & Registering)
    | (InSource & { do: 'save'; plans: Plan[] })
    | { do: 'send'; robust: boolean; plan: Plan }
    | (Branch & { do: 'attempt' })
    | { do: 'fail' }
  );

export type StepOf<Do extends Step['do']> = Extract<Step, { do: Do }>;

/** What becomes of every statement on a connection that was killed, whatever its error. */
export const LOST = 'connection lost';
