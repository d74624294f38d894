import { setTimeout } from 'node:timers/promises';

/** What can be killed and started again. */
export interface Victim {
  readonly isReady: boolean;
  kill(): Promise<void>;
  start(): Promise<void>;
}

const EVERY_MS = 1_000;

/**
 * Kills one of several processes a second, any that is ready, and starts it again. The last one that is ready stays:
 * on a slow machine nothing would ever be done otherwise.
 */
export class Killer {
  kills = 0;
  private stopped = new AbortController();
  private killing: Promise<void> = Promise.resolve();
  private readonly starting = new Set<Promise<void>>();

  constructor(private readonly victims: readonly Victim[]) {}

  start(): void {
    this.killing = this.run();
  }

  /** Settled when everybody runs again. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.killing;
    await Promise.all(this.starting);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await setTimeout(EVERY_MS, undefined, { signal }).catch(() => undefined);
      const ready = this.victims.filter(({ isReady }) => isReady);
      const victim = ready[Math.floor(Math.random() * ready.length)];
      if (signal.aborted || !victim || ready.length === 1) continue;
      await victim.kill();
      this.kills += 1;
      const started = startAgain(victim).finally(() => this.starting.delete(started));
      this.starting.add(started);
    }
  }
}

/** A process does not start while the database is away; whoever looks after it tries again. */
async function startAgain(victim: Victim): Promise<void> {
  for (;;) {
    try {
      await victim.start();
      return;
    } catch {
      await setTimeout(EVERY_MS);
    }
  }
}
