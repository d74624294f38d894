import { addressOf, Refusal } from './api.js';

/** `refused`: the server answers, but not to this browser. */
export type Link = 'connecting' | 'live' | 'polling' | 'lost' | 'refused';

interface Listener {
  /** A message of the stream. */
  readonly heard: (event: string, data: unknown) => void;
  readonly changed: (link: Link) => void;
  /** Asks for everything, when the stream tells nothing. */
  readonly poll: () => Promise<void>;
}

const EVENTS = ['hello', 'traces', 'jobs', 'registry', 'dropped', 'restart', 'ping'] as const;
const POLL_EVERY = 5_000;

/** The stream of the server while the page is seen; where it is cut, the page asks every five seconds. */
export class Stream {
  #source: EventSource | undefined;
  #polling: ReturnType<typeof setInterval> | undefined;
  #link: Link = 'connecting';

  constructor(private readonly listener: Listener) {}

  begin(): void {
    document.addEventListener('visibilitychange', () =>
      document.hidden ? this.#end() : this.#go(),
    );
    this.#go();
  }

  #go(): void {
    if (this.#source) return;
    void this.listener.poll().catch((error: unknown) => this.#miss(error));
    this.#open();
    this.#keepAsking();
  }

  #end(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#stopAsking();
  }

  #open(): void {
    const source = new EventSource(addressOf('api/stream'));
    this.#source = source;
    for (const event of EVENTS) {
      source.addEventListener(event, ({ data }: MessageEvent<string>) => {
        this.#stopAsking();
        this.#become('live');
        this.listener.heard(event, JSON.parse(data));
      });
    }
    source.addEventListener('error', () => {
      if (this.#link === 'live') this.#become('lost');
      this.#keepAsking();
    });
  }

  #keepAsking(): void {
    this.#polling ??= setInterval(() => void this.#ask(), POLL_EVERY);
  }

  #stopAsking(): void {
    clearInterval(this.#polling);
    this.#polling = undefined;
  }

  async #ask(): Promise<void> {
    // After a refusal the browser does not try again by itself.
    if (this.#source?.readyState === EventSource.CLOSED) this.#open();
    try {
      await this.listener.poll();
      if (this.#polling) this.#become('polling');
    } catch (error) {
      this.#miss(error);
    }
  }

  #miss(error: unknown): void {
    this.#become(error instanceof Refusal && error.status < 500 ? 'refused' : 'lost');
  }

  #become(link: Link): void {
    if (this.#link === link) return;
    this.#link = link;
    this.listener.changed(link);
  }
}
