import type { AnySignal, ReceiverInfo } from 'nestjs-signals/core';

/** What is remembered of one signal since the start. */
export interface SignalStatistics {
  readonly category: AnySignal['category'];
  sent: number;
  lastSentAt: number | undefined;
  failed: number;
  /** How often from which line, the first so many lines. */
  readonly sites: Map<string, number>;
  /** Sends that reached nobody. */
  unheard: number;
}

/** What is remembered of one receiver of one signal since the start. */
export interface ReceiverStatistics {
  runs: number;
  failures: number;
  lastFailure:
    { readonly message: string; readonly at: number; readonly trace: string } | undefined;
  readonly durations: Durations;
}

const MOST_SITES = 20;
const MOST_NAMES = 2_000;

/** The latest durations, in a ring. */
export class Durations {
  readonly #latest = new Float32Array(128);
  #count = 0;

  add(duration: number): void {
    this.#latest[this.#count % this.#latest.length] = duration;
    this.#count += 1;
  }

  /** Ascending. */
  sorted(): readonly number[] {
    return [...this.#latest.subarray(0, Math.min(this.#count, this.#latest.length))].toSorted(
      (one, other) => one - other,
    );
  }

  /** 0.95: the duration that 95 of 100 stay below; undefined as long as there is none. */
  quantile(share: number): number | undefined {
    const sorted = this.sorted();
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  }
}

/** Counts since the start, which outlive the traces. */
export class Statistics {
  readonly since = Date.now();
  readonly signals = new Map<string, SignalStatistics>();
  readonly receivers = new Map<ReceiverInfo, ReceiverStatistics>();
  readonly bypasses = new Map<string, number>();

  sent(signal: AnySignal, site: string | undefined, heardBy: number): void {
    const statistics = this.#signal(signal);
    statistics.sent += 1;
    statistics.lastSentAt = Date.now();
    if (heardBy === 0) statistics.unheard += 1;
    const { sites } = statistics;
    if (site !== undefined && (sites.has(site) || sites.size < MOST_SITES)) {
      sites.set(site, (sites.get(site) ?? 0) + 1);
    }
  }

  sendFailed(signal: AnySignal): void {
    this.#signal(signal).failed += 1;
  }

  ran(receiver: ReceiverInfo, duration: number): ReceiverStatistics {
    const statistics = this.receivers.get(receiver) ?? this.#receiver(receiver);
    statistics.runs += 1;
    statistics.durations.add(duration);
    return statistics;
  }

  passedBy(write: string): void {
    if (this.bypasses.size < MOST_NAMES || this.bypasses.has(write)) {
      this.bypasses.set(write, (this.bypasses.get(write) ?? 0) + 1);
    }
  }

  #signal({ name, category }: AnySignal): SignalStatistics {
    const known = this.signals.get(name);
    if (known) return known;
    const statistics: SignalStatistics = {
      category,
      sent: 0,
      lastSentAt: undefined,
      failed: 0,
      sites: new Map(),
      unheard: 0,
    };
    if (this.signals.size < MOST_NAMES) this.signals.set(name, statistics);
    return statistics;
  }

  #receiver(receiver: ReceiverInfo): ReceiverStatistics {
    const statistics: ReceiverStatistics = {
      runs: 0,
      failures: 0,
      lastFailure: undefined,
      durations: new Durations(),
    };
    if (this.receivers.size < MOST_NAMES) this.receivers.set(receiver, statistics);
    return statistics;
  }
}
