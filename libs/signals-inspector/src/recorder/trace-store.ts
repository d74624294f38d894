import type { Trace } from './trace.js';

export interface Retention {
  /** Traces. Default: 500. */
  readonly traces: number;
  /** Milliseconds. Default: 30 minutes. */
  readonly age: number;
  /** Estimated. Default: 32 MiB. */
  readonly bytes: number;
  /** Spans of one trace. Default: 2,000. */
  readonly spans: number;
  /** Pinned traces. Default: 20. */
  readonly pinned: number;
}

export const DEFAULT_RETENTION: Retention = {
  traces: 500,
  age: 30 * 60_000,
  bytes: 32 * 1_024 * 1_024,
  spans: 2_000,
  pinned: 20,
};

export interface StoreState {
  readonly kept: number;
  readonly limit: number;
  readonly bytes: number;
  readonly bytesLimit: number;
  /** Traces that had to go, and spans that found no place. */
  readonly dropped: number;
  readonly droppedSpans: number;
}

/** How many sequences of traces that went are remembered, to tell a client what it missed. */
const REMEMBERED = 2_000;

/**
 * The traces of a process, in memory and bounded: the first limit that is reached wins. Those that
 * led to nothing go first, then the oldest, failed ones last and pinned ones never for room. Has no
 * timer: age is looked at whenever a trace is added or asked for.
 */
export class TraceStore {
  readonly #traces = new Map<string, Trace>();
  readonly #idle = new Set<Trace>();
  readonly #usual = new Set<Trace>();
  readonly #failed = new Set<Trace>();
  readonly #gone: number[] = [];
  #bytes = 0;
  #dropped = 0;
  #droppedSpans = 0;

  constructor(readonly retention: Retention) {}

  add(trace: Trace): void {
    this.#traces.set(trace.id, trace);
    this.#usual.add(trace);
    this.#bytes += trace.bytes;
    this.#makeRoom(trace);
  }

  /** A trace has ended or failed, which decides when it goes. */
  settle(trace: Trace): void {
    if (!trace.isKept) return;
    const group = this.#groupOf(trace);
    if (group.has(trace)) return;
    this.#ungroup(trace);
    group.add(trace);
  }

  /** Accounts for what a trace grew by; a trace that has gone costs nothing any more. */
  grow(trace: Trace, bytes: number): void {
    trace.bytes += bytes;
    if (!trace.isKept) return;
    this.#bytes += bytes;
    if (this.#bytes > this.retention.bytes) this.#makeRoom(trace);
  }

  spanDropped(): void {
    this.#droppedSpans += 1;
  }

  get(id: string): Trace | undefined {
    this.#expire();
    return this.#traces.get(id);
  }

  /** The newest first. */
  list(): readonly Trace[] {
    this.#expire();
    return [...this.#traces.values()].toReversed();
  }

  /** Answers false when as many are pinned as may be. */
  pin(trace: Trace, isPinned: boolean): boolean {
    const pinned = [...this.#traces.values()].filter((other) => other.isPinned && other !== trace);
    if (isPinned && pinned.length >= this.retention.pinned) return false;
    trace.isPinned = isPinned;
    return true;
  }

  /** How many traces have gone that changed after this sequence. */
  missedSince(sequence: number): number {
    return this.#gone.filter((gone) => gone > sequence).length;
  }

  clear(): void {
    for (const trace of this.#traces.values()) trace.isKept = false;
    this.#traces.clear();
    for (const group of this.#groups) group.clear();
    this.#bytes = 0;
  }

  get state(): StoreState {
    this.#expire();
    return {
      kept: this.#traces.size,
      limit: this.retention.traces,
      bytes: this.#bytes,
      bytesLimit: this.retention.bytes,
      dropped: this.#dropped,
      droppedSpans: this.#droppedSpans,
    };
  }

  #expire(): void {
    const oldest = Date.now() - this.retention.age;
    for (const trace of this.#traces.values()) {
      if (trace.startedAt >= oldest) return;
      if (!trace.isPinned) this.#remove(trace);
    }
  }

  #makeRoom(growing?: Trace): void {
    this.#expire();
    while (this.#traces.size > this.retention.traces || this.#bytes > this.retention.bytes) {
      const victim = this.#nextToGo(growing);
      if (!victim) return;
      this.#remove(victim);
    }
  }

  #nextToGo(growing: Trace | undefined): Trace | undefined {
    for (const group of this.#groups) {
      for (const trace of group) if (!trace.isPinned && trace !== growing) return trace;
    }
    return undefined;
  }

  /** In the order in which they go. */
  get #groups(): readonly Set<Trace>[] {
    return [this.#idle, this.#usual, this.#failed];
  }

  #groupOf({ failures, spans, duration }: Trace): Set<Trace> {
    if (failures > 0) return this.#failed;
    return spans.length < 2 && duration !== undefined ? this.#idle : this.#usual;
  }

  #ungroup(trace: Trace): void {
    for (const group of this.#groups) if (group.delete(trace)) return;
  }

  #remove(trace: Trace): void {
    this.#traces.delete(trace.id);
    this.#ungroup(trace);
    trace.isKept = false;
    this.#bytes -= trace.bytes;
    this.#dropped += 1;
    this.#gone.push(trace.sequence);
    if (this.#gone.length > REMEMBERED) this.#gone.splice(0, REMEMBERED / 2);
  }
}
