import type { ErrorSink } from '../../core/index.js';
import { detached } from '../../integration/index.js';

/** Work that comes back at an interval, one run at a time, until it is closed. */
export class IntervalTask {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(
    private readonly work: (closing: AbortSignal) => Promise<void>,
    private readonly interval: number,
    private readonly onError: ErrorSink,
    private readonly what: string,
  ) {}

  /** Runs it now, and then again and again; settled after the first run. */
  start(): Promise<void> {
    this.#running = detached(() => this.#run());
    return this.#running;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    try {
      await this.work(signal);
    } catch (error) {
      if (!signal.aborted) this.onError(error, this.what);
    }
    if (signal.aborted) return;
    this.#timer = setTimeout(() => (this.#running = this.#run()), this.interval).unref();
  }
}
