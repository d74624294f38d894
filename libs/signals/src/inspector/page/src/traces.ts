import { addressOf, get, type StoreState, type Summary } from './api.js';

export type Link = 'connecting' | 'live' | 'lost' | 'paused';

/** What the list shows of a moment. */
export interface Moment {
  readonly link: Link;
  readonly traces: readonly Summary[];
  readonly state: StoreState | undefined;
  readonly isLoaded: boolean;
  /** When the stream was lost, or the list paused; milliseconds since 1970. */
  readonly since: number;
  readonly arrivedWhilePaused: number;
  /** Traces that went before this page was told of them. */
  readonly missed: number;
  readonly restartedAt: string | undefined;
}

interface Listing {
  readonly traces: readonly Summary[];
  readonly state: StoreState;
}

/** The traces that the process keeps, live; one for each page. */
export class Traces {
  #moment: Moment = {
    link: 'connecting',
    traces: [],
    state: undefined,
    isLoaded: false,
    since: Date.now(),
    arrivedWhilePaused: 0,
    missed: 0,
    restartedAt: undefined,
  };
  readonly #listeners = new Set<() => void>();
  readonly #byId = new Map<string, Summary>();
  #source: EventSource | undefined;
  #boot = '';

  get moment(): Moment {
    return this.#moment;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  begin(): void {
    document.addEventListener('visibilitychange', () =>
      document.hidden ? this.#disconnect() : this.#connect(),
    );
    this.#connect();
  }

  togglePause(): void {
    const isPaused = this.#moment.link === 'paused';
    if (!isPaused) {
      this.#change({ link: 'paused', since: Date.now(), arrivedWhilePaused: 0 });
      return;
    }
    this.#change({ link: this.#source ? 'live' : 'connecting', arrivedWhilePaused: 0 });
    this.#change({ traces: this.#sorted() });
  }

  #connect(): void {
    if (this.#source) return;
    void this.#load();
    const source = new EventSource(addressOf('api/stream'));
    this.#source = source;
    const on = (event: string, handle: (data: unknown) => void) =>
      source.addEventListener(event, ({ data }: MessageEvent<string>) => handle(JSON.parse(data)));
    on('hello', (data) => this.#greeted(data as { boot: string }));
    on('traces', (data) => this.#told(data as readonly Summary[]));
    on('ping', (data) => this.#change({ state: data as StoreState }));
    on('dropped', (data) => {
      const { gone = 0, slow = 0 } = data as { gone?: number; slow?: number };
      this.#change({ missed: this.#moment.missed + gone + slow });
    });
    on('restart', (data) => {
      this.#byId.clear();
      this.#change({ restartedAt: (data as { bootedAt: string }).bootedAt });
      void this.#load();
    });
    source.addEventListener('error', () => {
      if (this.#moment.link === 'live') this.#change({ link: 'lost', since: Date.now() });
    });
  }

  #disconnect(): void {
    this.#source?.close();
    this.#source = undefined;
  }

  #greeted({ boot }: { readonly boot: string }): void {
    if (this.#boot !== '' && this.#boot !== boot) void this.#load();
    this.#boot = boot;
    if (this.#moment.link !== 'paused') this.#change({ link: 'live' });
  }

  async #load(): Promise<void> {
    try {
      const { traces, state } = await get<Listing>('traces?limit=500');
      this.#byId.clear();
      for (const trace of traces) this.#byId.set(trace.id, trace);
      this.#change({ state, isLoaded: true, traces: this.#sorted() });
    } catch {
      this.#change({ link: 'lost', since: Date.now(), isLoaded: true });
    }
  }

  #told(traces: readonly Summary[]): void {
    const fresh = traces.filter(({ id }) => !this.#byId.has(id)).length;
    for (const trace of traces) this.#byId.set(trace.id, trace);
    const { limit = 500 } = this.#moment.state ?? {};
    for (const [id] of this.#byId) {
      if (this.#byId.size <= limit) break;
      this.#byId.delete(id);
    }
    if (this.#moment.link === 'paused') {
      this.#change({ arrivedWhilePaused: this.#moment.arrivedWhilePaused + fresh });
      return;
    }
    this.#change({ traces: this.#sorted(), link: 'live' });
  }

  /** The newest first. */
  #sorted(): readonly Summary[] {
    return [...this.#byId.values()].toSorted((one, other) => other.startedAt - one.startedAt);
  }

  #change(part: Partial<Moment>): void {
    this.#moment = { ...this.#moment, ...part };
    for (const listener of this.#listeners) listener();
  }
}
