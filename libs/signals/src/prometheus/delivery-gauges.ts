import type { ErrorSink, Signals } from '../core/index.js';
import { report } from '../integration/index.js';
import type { Maker } from './metric-maker.js';

/** How many deliveries to durable receivers there are, in all processes together. */
export interface DeliveryCounts {
  /** By state, such as `waiting` or `dead`: a fixed set of names. */
  readonly states: Readonly<Record<string, number>>;
  /** How long the one that is due longest has waited, in seconds; 0 when none is due. */
  readonly oldestPendingSeconds: number;
}

/** Where deliveries are counted: `durableSignals()`, or whatever else keeps them. */
export interface DeliveryDepot {
  counts(): Promise<DeliveryCounts>;
  /** Those of one application, where one object serves several. */
  of?(application: Signals): DeliveryDepot;
}

/** Makes gauges of deliveries, which are counted when they are scraped. */
export function gaugeDeliveries(maker: Maker, depot: DeliveryDepot, onError: ErrorSink): void {
  const census = new Census(depot, onError);
  const jobs = maker.gauge(
    'signals_jobs',
    'Deliveries to durable receivers that are not done, in all processes.',
    ['state'],
    async () => {
      const { states } = await census.take();
      for (const [state, count] of Object.entries(states)) jobs.set({ state }, count);
    },
  );
  const oldest = maker.gauge(
    'signals_job_oldest_pending_seconds',
    'How long the delivery that is due longest has waited.',
    [],
    async () => oldest.set({}, (await census.take()).oldestPendingSeconds),
  );
}

/** Counts once for a scrape, however many gauges ask. */
class Census {
  #underWay: Promise<DeliveryCounts> | undefined;
  #latest: DeliveryCounts = { states: {}, oldestPendingSeconds: Number.NaN };

  constructor(
    private readonly depot: DeliveryDepot,
    private readonly onError: ErrorSink,
  ) {}

  take(): Promise<DeliveryCounts> {
    this.#underWay ??= this.#count().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** A scrape does not fail because the database does: what is not known is not a number. */
  async #count(): Promise<DeliveryCounts> {
    try {
      this.#latest = await this.depot.counts();
      return this.#latest;
    } catch (error) {
      report(this.onError, error, 'Deliveries could not be counted');
      const states = Object.keys(this.#latest.states).map((state) => [state, Number.NaN] as const);
      return { states: Object.fromEntries(states), oldestPendingSeconds: Number.NaN };
    }
  }
}
