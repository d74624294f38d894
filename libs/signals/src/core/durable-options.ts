import { ReceiverDeclarationError } from './receiver-declaration.error.js';

/**
 * What a durable receiver does, which decides how often its effect can happen.
 *
 * - `database`: it writes to the database through `context.manager`. What it writes, the durable
 *   signals that it sends, and the completion of its delivery commit together: exactly once.
 * - `external`: it calls something that no transaction can hold, such as a mail server. At least
 *   once, with an inbox that keeps repetitions rare and an idempotency key that makes them harmless.
 * - `relay`: it hands deliveries on to a broker, in batches and under their own ids.
 */
export type DurableEffect = 'database' | 'external' | 'relay';

/** What to do when nobody knows whether an external effect has happened: its worker died in it. */
export type UnknownOutcomePolicy = 'retry' | 'dead-letter';

/** Options of receivers in phase `durable`. Durations are in milliseconds. */
export interface DurableOptions<P = never> {
  /** Default: `database`. */
  readonly effect?: DurableEffect;
  /** How often a failed delivery is tried again before it is a dead letter. Default: 8. */
  readonly retries?: number;
  /**
   * The wait before the first retry; each further one waits about twice as long, with jitter, up to
   * five minutes. Whole seconds. Default: 1,000.
   */
  readonly backoff?: number;
  /**
   * How long one attempt may take. Then its `abortSignal` fires and it counts as failed; after a
   * crash, another worker takes over at this time. Whole seconds. Default: 30,000.
   */
  readonly timeout?: number;
  /**
   * Deliveries with the same ordering key run one after the other, in the order of their sends, whichever
   * workers there are; of transactions that do not wait for each other, either may be first. A dead
   * letter holds the later ones of its key until it is replayed or discarded.
   */
  readonly orderingKey?: (payload: P) => string;
  /** How long after the commit the delivery becomes due. Default: 0. */
  readonly delay?: number | ((payload: P) => number);
  /** Due deliveries of a receiver with a higher priority run first. Default: 0. */
  readonly priority?: number | ((payload: P) => number);
  /** How many deliveries of the receiver one process runs at a time. Default: 2. */
  readonly concurrency?: number;
  /**
   * For effects `database` and `relay`: how many deliveries are taken at once, and for `database`
   * share a transaction, each in a savepoint of its own. Default: 1, for relays without an orderingKey 100.
   */
  readonly batch?: number;
  /**
   * For effect `external`: what becomes of an attempt whose worker died in it. `retry` fits where the
   * receiver passes its `idempotencyKey` on to somebody who honours it, or a repetition is harmless;
   * `dead-letter` leaves the decision to an operator. Default: `retry`.
   */
  readonly onUnknownOutcome?: UnknownOutcomePolicy;
}

/** What is known of a durable receiver, for listings and for those who run it. */
export interface DurableInfo {
  readonly effect: DurableEffect;
  readonly retries: number;
  /** Milliseconds. */
  readonly backoff: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly concurrency: number;
  readonly batch: number;
  readonly onUnknownOutcome: UnknownOutcomePolicy | undefined;
  /** Whether deliveries have keys, and those of one key an order. */
  readonly isOrdered: boolean;
  /** Of a model signal: the columns whose values deliveries carry. */
  readonly columns: readonly string[];
}

/** The options as they are checked, when types have nothing more to say. */
type DeclaredOptions = DurableOptions & { readonly columns?: readonly string[] };

const EFFECTS: ReadonlySet<DurableEffect> = new Set(['database', 'external', 'relay']);

const DURABLE_ONLY = [
  'effect',
  'retries',
  'backoff',
  'timeout',
  'orderingKey',
  'delay',
  'priority',
  'concurrency',
  'batch',
  'onUnknownOutcome',
  'columns',
] as const satisfies readonly (keyof DeclaredOptions)[];

/** @throws ReceiverDeclarationError when an option is given that only durable receivers have. */
export function refuseDurableOptions(options: DeclaredOptions, subject: string): void {
  const given = DURABLE_ONLY.find((option) => options[option] !== undefined);
  if (given === undefined) return;
  throw new ReceiverDeclarationError(
    `${subject} has the option '${given}', which belongs to phase 'durable'.`,
  );
}

/** @throws ReceiverDeclarationError when an option is out of range or does not fit the effect. */
export function durableInfo(options: DeclaredOptions, subject: string): DurableInfo {
  const { effect = 'database', onUnknownOutcome, orderingKey } = options;
  const refuse = (problem: string): never => {
    throw new ReceiverDeclarationError(`${subject} ${problem}`);
  };
  if (!EFFECTS.has(effect)) {
    refuse(`has the unknown effect '${effect}'. There are: ${[...EFFECTS].join(', ')}.`);
  }
  if (effect !== 'external' && onUnknownOutcome !== undefined) {
    refuse(`has the option 'onUnknownOutcome', but with effect '${effect}' no outcome is unknown.`);
  }
  const { retries = 8, backoff = 1_000, timeout = 30_000, concurrency = 2 } = options;
  const { batch = effect === 'relay' && !orderingKey ? 100 : 1 } = options;
  if (orderingKey && batch > 1)
    refuse('has an orderingKey and a batch: what has an order is taken one by one.');
  if (effect === 'external' && batch > 1) {
    refuse("has an external effect and a batch: one failure would leave the others' open.");
  }
  for (const [option, value, least, unit] of [
    ['retries', retries, 0, 1],
    ['backoff', backoff, 1_000, 1_000],
    ['timeout', timeout, 1_000, 1_000],
    ['concurrency', concurrency, 1, 1],
    ['batch', batch, 1, 1],
  ] as const) {
    if (Number.isInteger(value / unit) && value >= least) continue;
    const whole = unit === 1 ? 'a whole number' : 'whole seconds, in milliseconds,';
    refuse(`has ${option}: ${value}; ${whole} from ${least} is expected.`);
  }
  return Object.freeze({
    effect,
    retries,
    backoff,
    timeout,
    concurrency,
    batch,
    onUnknownOutcome: onUnknownOutcome ?? (effect === 'external' ? 'retry' : undefined),
    isOrdered: orderingKey !== undefined,
    columns: Object.freeze([...(options.columns ?? [])]),
  });
}
