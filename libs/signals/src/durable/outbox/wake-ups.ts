import type { DataSource } from 'typeorm';
import type { ErrorSink } from '../../core/index.js';
import { detached } from '../../integration/index.js';

/** At most one statement in so many milliseconds, however many transactions commit. */
const PAUSE = 20;

/** Fewer than PostgreSQL takes in one notification, in bytes; names of queues are ASCII. */
const LONGEST_HINT = 7_900;

/** Stands among queues, with a name that no queue can have. */
export const PAUSES_CHANGED = ':pauses';

/** The channel of one installation. */
export function wakeUpChannel(schema: string): string {
  return `${schema}_hint`;
}

/**
 * Tells workers of all processes that queues have something new, so that they need not wait for
 * their next poll. Sent after the commit and outside of it: a NOTIFY inside would make commits wait
 * for each other. A hint that is lost costs a poll, nothing more.
 */
export class WakeUps {
  readonly #queues = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #lastSent = 0;
  #isClosed = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly schema: string,
    private readonly onError: ErrorSink,
  ) {}

  give(queues: Iterable<string>): void {
    if (this.#isClosed) return;
    for (const queue of queues) this.#queues.add(queue);
    if (this.#queues.size === 0) return;
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#lastSent + PAUSE - performance.now());
    // Whoever gave the first hint is not what the later ones belong to.
    detached(() => {
      if (wait === 0) this.#send();
      else this.#timer = setTimeout(() => this.#send(), wait);
    });
  }

  /** Lets all processes look anew which receivers are paused. */
  pausesChanged(): void {
    this.give([PAUSES_CHANGED]);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #send(): void {
    this.#timer = undefined;
    this.#lastSent = performance.now();
    const hints = hintsOf(this.#queues);
    this.#queues.clear();
    this.dataSource
      .query('SELECT pg_notify($1, hint) FROM unnest($2::text[]) AS hint', [
        wakeUpChannel(this.schema),
        hints,
      ])
      .catch((error: unknown) => {
        if (!this.#isClosed) this.onError(error, 'A hint to the workers was lost');
      });
  }
}

/** As few texts as hold the names; a name that fits into none is left to the poll. */
function hintsOf(queues: Iterable<string>): readonly string[] {
  const hints: string[] = [];
  for (const queue of queues) {
    if (queue.length > LONGEST_HINT) continue;
    const longer = hints.length > 0 ? `${hints.at(-1)},${queue}` : queue;
    if (hints.length > 0 && longer.length <= LONGEST_HINT) hints[hints.length - 1] = longer;
    else hints.push(queue);
  }
  return hints;
}
