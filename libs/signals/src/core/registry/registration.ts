import { durableInfo, refuseDurableOptions, type DurableOptions } from '../durable-options.js';
import { ReceiverDeclarationError } from '../receiver-declaration.error.js';
import type {
  AnyReceiverOptions,
  Phase,
  ReceiverCondition,
  ReceiverFunction,
  ReceiverInfo,
} from '../receiver.js';
import { nameOfSender, type AnySignal, type Sender } from '../signal.js';

/** How a durable receiver wants its deliveries. */
export type StoredBy = Pick<DurableOptions<unknown>, 'orderingKey' | 'delay' | 'priority'>;

/** One connected receiver: what it is called, what runs, and for which senders. */
export interface Registration {
  /** undefined: every domain signal, for bridges. */
  readonly signal: AnySignal | undefined;
  readonly sender: Sender | undefined;
  /** What makes two registrations the same one: the uid, or else the function. */
  readonly identity: string | ReceiverFunction<never>;
  readonly source: ReceiverFunction<never>;
  readonly invoke: ReceiverFunction<unknown>;
  readonly when: ReceiverCondition<unknown> | undefined;
  /** Of a durable receiver: what is asked of each payload when it is written down. */
  readonly stored: StoredBy | undefined;
  /** Tells receivers of one id apart whose senders have one name; undefined for the first of them. */
  readonly namesake?: number;
  readonly info: ReceiverInfo;
}

const PHASES: ReadonlySet<Phase> = new Set([
  'inTransaction',
  'afterCommit',
  'afterRollback',
  'durable',
]);

const LOADED_TOO_LATE = 'Do two modules import each other, so that one of them loads too late?';

/** @throws ReceiverDeclarationError when there is no signal, as between modules that import each other. */
export function requireSignal(signal: AnySignal, owner: string | undefined): void {
  if (typeof signal === 'object' && signal !== null) return;
  throw new ReceiverDeclarationError(
    `The signal of ${owner ?? 'a receiver'} is ${String(signal)}. ${LOADED_TOO_LATE}`,
  );
}

/** Checks a declaration, always and not only in development (Django: only under DEBUG). */
export function declareReceiver(
  signal: AnySignal | undefined,
  receiver: ReceiverFunction<never>,
  options: AnyReceiverOptions,
  strict: boolean,
): Registration {
  const subject = `A receiver of '${signal?.name ?? 'every domain signal'}'`;
  if (typeof receiver !== 'function') {
    throw new ReceiverDeclarationError(`${subject} must be a function, not ${typeof receiver}.`);
  }
  const { sender, dispatchUid, phase = 'inTransaction' } = options;
  if (dispatchUid !== undefined && !isName(dispatchUid)) {
    throw new ReceiverDeclarationError(`${subject} has an empty dispatchUid. Name it or omit it.`);
  }
  if ('sender' in options && typeof sender !== 'function' && !isName(sender)) {
    throw new ReceiverDeclarationError(
      `${subject} names a sender that is ${String(sender) || 'empty'}. ${LOADED_TOO_LATE} ` +
        'A class can also be named by text.',
    );
  }
  if (!PHASES.has(phase)) {
    throw new ReceiverDeclarationError(
      `${subject} has the unknown phase '${phase}'. There are: ${[...PHASES].join(', ')}.`,
    );
  }
  if (dispatchUid === undefined && strict) {
    throw new ReceiverDeclarationError(
      `${subject} has no dispatchUid, which strict mode demands (${options.owner ?? `function '${nameOf(receiver)}'`}).`,
    );
  }
  if (options.robust && phase !== 'inTransaction') {
    throw new ReceiverDeclarationError(
      `${subject} is robust in phase '${phase}', where every receiver is. Drop the option.`,
    );
  }
  const isDurable = phase === 'durable';
  if (isDurable && (!signal || dispatchUid === undefined)) {
    throw new ReceiverDeclarationError(
      signal
        ? `${subject} is durable and needs a dispatchUid: its deliveries are kept under that name.`
        : `${subject} cannot be durable: connect it to the signals that it is meant for.`,
    );
  }
  if (!isDurable) refuseDurableOptions(options, subject);
  const { orderingKey, delay, priority } = options as DurableOptions<unknown>;
  return {
    signal,
    sender,
    identity: dispatchUid ?? receiver,
    source: receiver,
    invoke: receiver as ReceiverFunction<unknown>,
    when: options.when as ReceiverCondition<unknown> | undefined,
    stored: isDurable
      ? {
          ...(orderingKey && { orderingKey }),
          ...(delay && { delay }),
          ...(priority && { priority }),
        }
      : undefined,
    info: Object.freeze({
      signal: signal?.name ?? '*',
      sender: nameOfSender(sender),
      dispatchUid: dispatchUid ?? options.owner ?? nameOf(receiver),
      phase,
      robust: options.robust ?? false,
      order: options.order ?? 0,
      includeSubclasses: options.includeSubclasses ?? false,
      owner: options.owner,
      location: options.location,
      durable: isDurable ? durableInfo(options, subject) : undefined,
    }),
  };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** A function may have lost its name, or carry something else in its place. */
function nameOf({ name }: ReceiverFunction<never>): string {
  return isName(name) ? name : 'anonymous';
}

export function matchesSender(registration: Registration, sender: Sender | null): boolean {
  const wanted = registration.sender;
  if (wanted === undefined || wanted === sender) return true;
  if (sender === null || typeof sender === 'string') return false;
  if (typeof wanted === 'string') return sender.name === wanted;
  return registration.info.includeSubclasses && Object.prototype.isPrototypeOf.call(wanted, sender);
}

/** As far as is known before anything is sent: of a name, nobody knows which class has it. */
function shareSenders(one: Registration, other: Registration): boolean {
  return matchesSender(one, other.sender ?? null) || matchesSender(other, one.sender ?? null);
}

/**
 * Finds a place among the durable receivers of the same id and signal, which are told apart by the
 * names of their senders, or by their order where two senders have one name.
 *
 * @throws ReceiverDeclarationError when one send would have two deliveries under one id.
 */
export function besideNamesakes(
  registration: Registration,
  registered: readonly Registration[],
): Registration {
  const { info, identity, source, when } = registration;
  if (info.phase !== 'durable') return registration;
  const sharing = registered.filter(
    (other) => other.info.phase === 'durable' && other.identity === identity,
  );
  const rival = sharing.find(
    (other) =>
      (other.source !== source || other.when !== when) && shareSenders(registration, other),
  );
  if (rival) throw heardTwice(info.signal, info.dispatchUid);
  const namesakes = sharing.filter((other) => other.info.sender === info.sender);
  if (namesakes.length === 0) return registration;
  const taken = namesakes.map(({ namesake = 0 }) => namesake);
  return { ...registration, namesake: Math.max(...taken) + 1 };
}

export function heardTwice(signal: string, dispatchUid: string): ReceiverDeclarationError {
  return new ReceiverDeclarationError(
    `Two durable receivers called '${dispatchUid}' hear the same sends of '${signal}', which have one ` +
      'delivery for each dispatchUid: one of the receivers would never hear them. Give each its own.',
  );
}
