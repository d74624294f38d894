import type { WorkUnderWay } from '../transaction.js';

/** The longest that a timer can wait. */
const LONGEST = 2 ** 31 - 1;

/** Counts what is under way, so that a shutdown can wait for it. */
export class WorkInFlight {
  #count = 0;
  #waiting: (() => void)[] = [];
  readonly #tracked = new Set<{ readonly what: string }>();

  get isBusy(): boolean {
    return this.#count > 0;
  }

  enter(): void {
    this.#count += 1;
  }

  leave(): void {
    this.#count -= 1;
    if (this.#waiting.length > 0 && !this.isBusy) this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Wraps work that starts later, so that it counts from its start to its end. */
  tracked<T>(work: () => T | Promise<T>, what: string): () => Promise<T> {
    return async () => {
      const run = { what };
      this.enter();
      this.#tracked.add(run);
      try {
        return await work();
      } finally {
        this.#tracked.delete(run);
        this.leave();
      }
    };
  }

  /** What has been wrapped and is running. */
  running(): readonly string[] {
    return [...this.#tracked].map(({ what }) => what);
  }

  /** Settled when nothing is under way. */
  async ended(): Promise<void> {
    if (this.isBusy) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Waits until nothing is under way, `deadline` milliseconds at most. */
  async idle(deadline: number): Promise<void> {
    const end = performance.now() + deadline;
    // Whoever awaited the last of it may begin something new before this goes on.
    for (let left = deadline; this.isBusy && left > 0; left = end - performance.now()) {
      await race(this.ended(), left);
    }
  }
}

/** Waits until all of this has ended, so many milliseconds at most. */
export async function withinTime(work: readonly WorkUnderWay[], deadline: number): Promise<void> {
  await race(Promise.all(work.map(({ ended }) => ended)), deadline);
}

async function race(work: Promise<unknown>, deadline: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, Math.min(deadline, LONGEST))); // Node warns below 0
  });
  await Promise.race([work, expired]);
  clearTimeout(timer);
}
