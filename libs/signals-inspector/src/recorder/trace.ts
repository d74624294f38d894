/** What a span is about. */
export type SpanKind =
  | 'entry'
  | 'transaction'
  | 'savepoint'
  | 'sql'
  | 'signal'
  | 'receiver'
  | 'callback'
  | 'delivery'
  | 'bypass';

/**
 * What became of a span. The two failures differ in what they did to the caller: an isolated one
 * was reported and harmed nobody, an aborting one reached the sender and undid its transaction.
 */
export type Outcome =
  | 'ok'
  | 'running'
  | 'pending'
  | 'failed'
  | 'failed-isolated'
  | 'failed-aborted'
  | 'dropped'
  | 'rolled-back'
  | 'unknown';

export interface ShownError {
  readonly name: string;
  readonly message: string;
  /** Own frames first. */
  readonly stack: readonly string[];
  readonly cause: ShownError | undefined;
}

export interface NotRun {
  readonly receiver: string;
  readonly location: string | undefined;
  /** `sender`, `condition` or `muted`. */
  readonly reason: string;
}

/** One thing that happened in a trace. Times are milliseconds since the trace began. */
export interface Span {
  readonly id: number;
  parent: number | undefined;
  readonly kind: SpanKind;
  readonly name: string;
  start: number;
  /** Undefined as long as it goes on. */
  end: number | undefined;
  outcome: Outcome;
  /** The transaction that it ran in, and at which depth of savepoints. */
  transaction: number | undefined;
  depth: number;
  /** `file:line` of a send or of a receiver. */
  site: string | undefined;
  /** Of receivers and callbacks. */
  phase: string | undefined;
  isolated: boolean;
  sender: string | undefined;
  /** The span that queued a callback or a delivery, and when. */
  queuedBy: number | undefined;
  queuedAt: number | undefined;
  /** Why it was dropped, in one word. */
  reason: string | undefined;
  rows: number | undefined;
  /** Types of parameters, or what may be shown of a payload. */
  input: unknown;
  error: ShownError | undefined;
  notRun: readonly NotRun[];
  /** Names of the receivers that a send reaches, or that a write passed by. */
  receivers: readonly string[];
  /** The id of the delivery that a job worked on, or that a send wrote. */
  delivery: string | undefined;
  /** The trace of the job that received the delivery last. */
  job: string | undefined;
}

/** One entry into the process, and all that it led to. */
export interface Trace {
  readonly id: string;
  /** `http`, `job`, or `background` for what began without an entry. */
  readonly entry: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Of `performance.now()`. */
  readonly clock: number;
  facts: Record<string, unknown>;
  readonly spans: Span[];
  /** Spans that did not fit any more. */
  truncated: number;
  duration: number | undefined;
  /** Rises whenever something changed, over all traces. */
  sequence: number;
  /** Roughly, in memory. */
  bytes: number;
  failures: number;
  isPinned: boolean;
  /** Whether it has not had to go. */
  isKept: boolean;
}
