import { adminOf, type Signals } from 'nestjs-signals/core';
import type { DeliveryCounts, DurableDesk } from '../dead-letter-desk.js';

/** Deliveries of other processes tell nobody here, so they are counted. */
const LOOKS_EVERY = 2_000;
/** A worker says once a minute that it is there. */
const WORKER_MISSED = 120;

/** What a page is told of deliveries. */
export interface JobsNews {
  readonly states: DeliveryCounts['states'];
  /** Whether no worker has said for two minutes that it is there. */
  readonly isWorkerMissing: boolean;
}

/** Looks, as long as any page is open, for what no trace of this process tells of. */
export class Lookout {
  /** As they were last. */
  counts: JobsNews | undefined;
  #looking: NodeJS.Timeout | undefined;
  #told = '';
  #receivers = 0;

  constructor(
    private readonly signals: Signals,
    private readonly durable: () => DurableDesk | undefined,
    private readonly tell: (event: 'jobs' | 'registry', data: unknown) => void,
  ) {}

  begin(): void {
    if (this.#looking) return;
    this.#receivers = adminOf(this.signals).list().length;
    this.#looking = setInterval(() => void this.#look(), LOOKS_EVERY).unref();
    void this.#look();
  }

  end(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
    this.counts = undefined;
    this.#told = '';
  }

  async #look(): Promise<void> {
    const receivers = adminOf(this.signals).list().length;
    if (receivers !== this.#receivers) this.tell('registry', { receivers });
    this.#receivers = receivers;
    const counts = await newsOf(this.durable());
    if (!this.#looking || !counts) return;
    this.counts = counts;
    const told = JSON.stringify(counts);
    if (told !== this.#told) this.tell('jobs', counts);
    this.#told = told;
  }
}

/** Undefined while they cannot be counted: before the start, or without the database. */
export async function newsOf(durable: DurableDesk | undefined): Promise<JobsNews | undefined> {
  try {
    const counts = await durable?.counts?.();
    if (!counts) return undefined;
    const { states, workerSeenSeconds } = counts;
    return {
      states,
      isWorkerMissing: workerSeenSeconds === undefined || workerSeenSeconds > WORKER_MISSED,
    };
  } catch {
    return undefined;
  }
}
