import { get, type JobsNews, type StoreState, type Summary } from './api.js';
import { Stream, type Link } from './stream.js';

/** What the page knows at a moment. Times are milliseconds since 1970. */
export interface Moment {
  readonly link: Link;
  readonly traces: readonly Summary[];
  readonly state: StoreState | undefined;
  readonly isLoaded: boolean;
  /** When the server was heard last. */
  readonly heardAt: number;
  readonly pausedAt: number | undefined;
  readonly arrivedWhilePaused: number;
  /** Traces that went before this page was told of them. */
  readonly missed: number;
  readonly restartedAt: string | undefined;
  readonly jobs: JobsNews | undefined;
  /** Rises whenever deliveries have changed. */
  readonly jobsTold: number;
  /** Rises whenever receivers have come or gone. */
  readonly registryTold: number;
}

interface Listing {
  readonly boot: string;
  readonly bootedAt: string;
  readonly traces: readonly Summary[];
  readonly state: StoreState;
}

interface Boot {
  readonly boot: string;
  readonly bootedAt: string;
}

/** The traces that the process keeps, live; one for each page. */
export class Traces {
  #moment: Moment = {
    link: 'connecting',
    traces: [],
    state: undefined,
    isLoaded: false,
    heardAt: Date.now(),
    pausedAt: undefined,
    arrivedWhilePaused: 0,
    missed: 0,
    restartedAt: undefined,
    jobs: undefined,
    jobsTold: 0,
    registryTold: 0,
  };
  readonly #listeners = new Set<() => void>();
  readonly #told = new Set<(traces: readonly Summary[]) => void>();
  readonly #byId = new Map<string, Summary>();
  readonly #stream = new Stream({
    heard: (event, data) => this.#heard(event, data),
    changed: (link) => this.#change({ link }),
    poll: () => this.#load(),
  });
  #boot = '';

  get moment(): Moment {
    return this.#moment;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells of traces as they come, also while the list is paused. */
  follow(listener: (traces: readonly Summary[]) => void): () => void {
    this.#told.add(listener);
    return () => this.#told.delete(listener);
  }

  begin(): void {
    this.#stream.begin();
  }

  togglePause(): void {
    if (this.#moment.pausedAt === undefined) {
      this.#change({ pausedAt: Date.now(), arrivedWhilePaused: 0 });
      return;
    }
    this.#change({ pausedAt: undefined, arrivedWhilePaused: 0, traces: this.#sorted() });
  }

  #heard(event: string, data: unknown): void {
    this.#change({ heardAt: Date.now() });
    switch (event) {
      case 'hello':
        return this.#greeted(data as Boot);
      case 'traces':
        return this.#add(data as readonly Summary[]);
      case 'ping':
        return this.#change({ state: data as StoreState });
      case 'jobs':
        return this.#jobsAre(data as JobsNews);
      case 'registry':
        return this.#change({ registryTold: this.#moment.registryTold + 1 });
      case 'dropped': {
        const { gone = 0, slow = 0 } = data as { gone?: number; slow?: number };
        return this.#change({ missed: this.#moment.missed + gone + slow });
      }
      default:
    }
  }

  #greeted(boot: Boot): void {
    if (this.#isRestart(boot)) void this.#load().catch(() => {});
  }

  /** Another start of the process knows nothing of what this page shows. */
  #isRestart({ boot, bootedAt }: Boot): boolean {
    const isRestart = this.#boot !== '' && this.#boot !== boot;
    this.#boot = boot;
    if (isRestart) this.#change({ restartedAt: bootedAt });
    return isRestart;
  }

  async #load(): Promise<void> {
    const [listing, { jobs }] = await Promise.all([
      get<Listing>('traces?limit=500'),
      get<{ jobs?: JobsNews }>('jobs'),
    ]);
    this.#isRestart(listing);
    this.#byId.clear();
    for (const trace of listing.traces) this.#byId.set(trace.id, trace);
    if (jobs) this.#jobsAre(jobs);
    this.#change({ state: listing.state, isLoaded: true, heardAt: Date.now() });
    if (this.#moment.pausedAt === undefined) this.#change({ traces: this.#sorted() });
  }

  #jobsAre(jobs: JobsNews): void {
    if (JSON.stringify(jobs) === JSON.stringify(this.#moment.jobs)) return;
    this.#change({ jobs, jobsTold: this.#moment.jobsTold + 1 });
  }

  #add(traces: readonly Summary[]): void {
    const fresh = traces.filter(({ id }) => !this.#byId.has(id)).length;
    for (const trace of traces) this.#byId.set(trace.id, trace);
    const { limit = 500 } = this.#moment.state ?? {};
    for (const [id] of this.#byId) {
      if (this.#byId.size <= limit) break;
      this.#byId.delete(id);
    }
    for (const listener of this.#told) listener(traces);
    if (this.#moment.pausedAt === undefined) this.#change({ traces: this.#sorted() });
    else this.#change({ arrivedWhilePaused: this.#moment.arrivedWhilePaused + fresh });
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
