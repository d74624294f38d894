import { AsyncLocalStorage } from 'node:async_hooks';
import type { Send } from '../send.js';
import { nameOfSender } from '../signal.js';

/** Why sends of a cascade are refused, and which. */
interface Refusal {
  readonly cycle: readonly string[];
  readonly found: string;
}

/** One send with all that it causes, at whatever depth. */
interface Cascade {
  /** How many sends of it are under way. */
  running: number;
  /** Once there, its signals are refused, or each branch of the cascade would go as deep. */
  refusal: Refusal | undefined;
}

type Sent = Pick<Send, 'signal' | 'sender'>;

/** One send in the chain of those that caused it. */
class Link {
  readonly depth: number;
  readonly cascade: Cascade;
  ended = false;

  constructor(
    private readonly sent: Sent,
    readonly outer: Link | undefined,
  ) {
    // A deferred receiver that runs at once belongs to the send that it is in.
    this.depth = outer ? outer.depth + (outer.sent === sent ? 0 : 1) : 1;
    this.cascade = outer ? outer.cascade : { running: 0, refusal: undefined };
  }

  get label(): string {
    return `${this.sent.signal.name}(${nameOfSender(this.sent.sender)})`;
  }
}

/**
 * Thrown when sends nest deeper than is allowed, which mostly means that they would nest without
 * end: a receiver causes, by whatever way, the send that it hears.
 */
export class SignalCycleError extends Error {
  override readonly name = 'SignalCycleError';

  constructor(
    readonly cycle: readonly string[],
    found = 'Signals send each other without end',
  ) {
    super(
      `${found}: ${cycle.join(' → ')}. If that has no end, give a receiver of this cycle a condition ` +
        '(when), or write with update() where it saves its own instance; if it has one, raise the ' +
        'option depthLimit.',
    );
  }
}

/** The depth at which sends are refused, where an application does not say. */
const DEEPEST = 1_000;

/** A cascade of this many sends at a time is refused where it repeats itself. */
const WIDEST = 4_000;

/** How often a send may be its own cause in a cascade that is too wide. */
const REPEATED = 12;

/** @throws RangeError */
export function depthLimit(given = DEEPEST): number {
  if (given >= 1) return given;
  throw new RangeError(`The option depthLimit must be a number from 1 on, not ${given}.`);
}

/** How many sends may nest in one stretch of calls. */
const STRETCH = 32;

const chain = new AsyncLocalStorage<Link>();

/**
 * Runs a send as the inner one of the send that caused it, and refuses when they nest without end.
 * A send is the cause of those that begin in its context while it is under way; what begins later,
 * as from a timer, begins anew.
 *
 * @throws SignalCycleError that names the cycle.
 */
export async function guardAgainstCycles<T>(
  sent: Sent,
  deepest: number,
  send: () => Promise<T>,
): Promise<T> {
  const link = new Link(sent, currentLink());
  const { cascade } = link;
  cascade.refusal ??= refusalOf(link, deepest);
  const { refusal } = cascade;
  if (refusal?.cycle.includes(link.label)) throw new SignalCycleError(refusal.cycle, refusal.found);
  cascade.running += 1;
  try {
    // What receivers send at once, without awaiting before, would fill the stack of calls.
    if (link.depth % STRETCH === 0) await Promise.resolve();
    return await chain.run(link, send);
  } finally {
    cascade.running -= 1;
    link.ended = true;
  }
}

/** Work that was put off runs in the context of a send that has ended, maybe inside one that has not. */
function currentLink(): Link | undefined {
  let link = chain.getStore();
  while (link?.ended) link = link.outer;
  return link;
}

function refusalOf(link: Link, deepest: number): Refusal | undefined {
  if (link.depth >= deepest) {
    return { cycle: cycleOf(link), found: `Signals send each other ${link.depth} deep` };
  }
  const { running } = link.cascade;
  if (running < WIDEST || repetitions(link) < REPEATED) return undefined;
  return { cycle: cycleOf(link), found: `One send has caused ${running} that are under way` };
}

function repetitions({ label, outer }: Link): number {
  let count = 0;
  for (let link = outer; link; link = link.outer) if (link.label === label) count += 1;
  return count;
}

/** From the latest send back to where the same one was sent before. */
function cycleOf(last: Link): readonly string[] {
  const labels = [last.label];
  for (let link = last.outer; link; link = link.outer) {
    labels.unshift(link.label);
    if (link.label === last.label) break;
  }
  return labels;
}
