import { AsyncLocalStorage } from 'node:async_hooks';
import { nameOfSender, type AnySignal, type Sender } from './signal.js';

/** One send with all that it causes, at whatever depth. */
interface Cascade {
  /** How many sends of it are under way. */
  running: number;
  /** Once found, its signals are refused, or each branch of the cascade would go as deep. */
  cycle: readonly string[] | undefined;
}

/** One send in the chain of those that caused it. */
class Link {
  readonly depth: number;
  readonly cascade: Cascade;
  ended = false;

  constructor(
    private readonly signal: AnySignal,
    private readonly sender: Sender | null,
    readonly outer: Link | undefined,
  ) {
    this.depth = outer ? outer.depth + 1 : 1;
    this.cascade = outer ? outer.cascade : { running: 0, cycle: undefined };
  }

  get label(): string {
    return `${this.signal.name}(${nameOfSender(this.sender)})`;
  }
}

/** Thrown when sends nest without end: a receiver causes, by whatever way, the send that it hears. */
export class SignalCycleError extends Error {
  override readonly name = 'SignalCycleError';

  constructor(readonly cycle: readonly string[]) {
    super(
      `Signals send each other without end: ${cycle.join(' → ')}. Give a receiver of this cycle ` +
        'a condition (when), or write with update() where it saves its own instance.',
    );
  }
}

/** How many sends may nest. */
const DEEPEST = 100;

/** A cascade of this many sends at a time is refused where it repeats itself. */
const WIDEST = 4_000;

/** How often a send may be its own cause in a cascade that is too wide. */
const REPEATED = 12;

const chain = new AsyncLocalStorage<Link>();

/**
 * Runs a send as the inner one of the send that caused it, and refuses when they nest without end.
 * A send is the cause of those that begin in its context while it is under way; what begins later,
 * as from a timer, begins anew.
 *
 * @throws SignalCycleError that names the cycle.
 */
export async function follow<T>(
  signal: AnySignal,
  sender: Sender | null,
  send: () => Promise<T>,
): Promise<T> {
  const current = chain.getStore();
  const link = new Link(signal, sender, current?.ended ? undefined : current);
  const { cascade } = link;
  if (isEndless(link)) cascade.cycle ??= cycleOf(link);
  if (cascade.cycle?.includes(link.label)) throw new SignalCycleError(cascade.cycle);
  cascade.running += 1;
  try {
    return await chain.run(link, send);
  } finally {
    cascade.running -= 1;
    link.ended = true;
  }
}

function isEndless(link: Link): boolean {
  if (link.depth > DEEPEST) return true;
  return link.cascade.running >= WIDEST && repetitions(link) >= REPEATED;
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
