import { AsyncLocalStorage } from 'node:async_hooks';
import { nameOfSender, type AnySignal, type Sender } from './signal.js';

interface Link {
  readonly label: string;
  readonly depth: number;
  readonly outer: Link | undefined;
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

/** How many sends of one signal run at the same time before their nesting is followed. */
export const FOLLOWED_FROM = 32;

/** How many followed sends may nest. */
const DEEPEST = 64;

const chain = new AsyncLocalStorage<Link>();

/**
 * Runs a send as the inner one of the send that caused it, and refuses when they nest too deep.
 * Endless nesting keeps ever more sends of a signal running, so the dispatcher follows a chain only
 * from {@link FOLLOWED_FROM} concurrent sends on; up to there a send pays for a counter.
 *
 * @throws SignalCycleError that names the cycle.
 */
export async function followSend<T>(
  signal: AnySignal,
  sender: Sender | null,
  send: () => Promise<T>,
): Promise<T> {
  const outer = chain.getStore();
  const label = `${signal.name}(${nameOfSender(sender)})`;
  const link: Link = { label, depth: (outer?.depth ?? 0) + 1, outer };
  if (link.depth > DEEPEST) throw new SignalCycleError(cycleOf(link));
  return chain.run(link, send);
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
