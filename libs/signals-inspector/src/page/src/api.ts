import type { ShownError, Span as RecordedSpan } from '../../recorder/trace.js';
import type { StoreState } from '../../recorder/trace-store.js';
import type { TraceSummary } from '../../recorder/trace-summary.js';

/** What the API tells. What JSON leaves out is undefined here. */

export type { ShownError, StoreState };
export type Summary = TraceSummary;
export type Span = Partial<RecordedSpan> &
  Pick<RecordedSpan, 'id' | 'kind' | 'name' | 'start' | 'outcome'>;

export interface ShownTrace {
  readonly summary: Summary;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly spans: readonly Span[];
  readonly truncated: number;
}

export interface About {
  readonly access: 'read' | 'operate';
  readonly environment: string;
  readonly boot: string;
  readonly bootedAt: string;
  readonly state: StoreState;
  readonly retention: { readonly traces: number; readonly age: number; readonly spans: number };
  readonly editor?: string;
  readonly directory?: string;
  readonly tracingUi?: string;
  readonly hasDeliveries: boolean;
  readonly canDiscard: boolean;
  readonly hasMails: boolean;
  readonly canLint: boolean;
}

export interface Receiver {
  readonly dispatchUid: string;
  readonly signal: string;
  readonly sender: string;
  readonly phase: string;
  readonly robust: boolean;
  readonly order: number;
  readonly owner?: string;
  readonly location?: string;
  readonly runs: number;
  readonly failures: number;
  readonly lastFailure?: { readonly message?: string; readonly at: number; readonly trace: string };
  readonly p50?: number;
  readonly p95?: number;
  readonly durations: readonly number[];
}

export interface RegisteredSignal {
  readonly name: string;
  readonly description?: string;
  readonly category: string;
  readonly sent: number;
  readonly failed: number;
  readonly unheard: number;
  readonly lastSentAt?: number;
  readonly sites: readonly { readonly site: string; readonly times: number }[];
  /** The receivers that sent it in turn. */
  readonly sentBy: readonly string[];
  readonly receivers: readonly Receiver[];
}

export interface Registry {
  readonly since: number;
  readonly signals: readonly RegisteredSignal[];
  readonly bypasses: readonly { readonly write: string; readonly times: number }[];
}

export interface Finding {
  readonly rule: string;
  readonly lint?: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly title: string;
  readonly explanation: string;
  readonly where: readonly string[];
}

/** What the linter finds in the sources. */
export interface SourceFinding {
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  readonly place?: { readonly file: string; readonly line: number };
  readonly message: string;
  /** Why it is allowed, where it is. */
  readonly reason?: string;
}

export interface SourceReport {
  readonly findings: readonly SourceFinding[];
  readonly suppressed: readonly SourceFinding[];
}

export interface Letter {
  readonly id: string;
  readonly receiver: string;
  readonly signal?: string;
  readonly sender?: string | null;
  readonly occurredAt?: string;
  readonly origin?: string;
  readonly diedAt: string;
  readonly attempts: number;
  readonly reason?: string;
  readonly errorClass: string;
  readonly deaths: number;
}

export interface LetterDetail extends Letter {
  readonly eventId?: string;
  readonly payload?: unknown;
  readonly error?: ShownError;
  /** How many attempts its receiver has before it gives up. */
  readonly allowed?: number;
  /** Those whose traces are kept. */
  readonly tries: readonly Attempt[];
  readonly lineage: readonly {
    readonly id: string;
    readonly reason?: string;
    readonly attempts: number;
    readonly diedAt: string;
    readonly endedAt: string;
    readonly outcome: string;
    readonly replayedTo?: string;
  }[];
}

/** One attempt at a delivery, by the trace of its job. */
export interface Attempt {
  readonly trace: string;
  readonly attempt: number;
  readonly startedAt: number;
  readonly duration?: number;
  readonly outcome: string;
  readonly error?: string;
}

/** A dead letter that is none any more. */
export interface EndedLetter {
  readonly id: string;
  readonly receiver: string;
  readonly reason?: string;
  readonly attempts: number;
  readonly diedAt: string;
  readonly endedAt: string;
  readonly outcome: string;
  readonly replayedTo?: string;
  /** What its delivery is now: `waiting`, `retrying`, `active`, `done`, `dead` or `gone`. */
  readonly now: string;
  /** The dead letter that its delivery is now. */
  readonly deadLetter?: string;
  /** The trace of the job that took its delivery last. */
  readonly job?: string;
}

export interface PendingDelivery {
  readonly id: string;
  readonly receiver: string;
  readonly signal?: string;
  readonly attempts: number;
  readonly reason?: string;
  readonly writtenAt: string;
  readonly dueAt: string;
  readonly startedAt?: string;
  readonly origin?: string;
}

export interface JobsNews {
  readonly states: Readonly<Record<'delayed' | 'waiting' | 'retrying' | 'active' | 'dead', number>>;
  readonly isWorkerMissing: boolean;
}

export interface DeadLetters {
  readonly health: { readonly isStarted: boolean; readonly hasWorkers: boolean };
  readonly total: number;
  readonly letters: readonly Letter[];
}

export interface Replay {
  readonly replayed: readonly Letter[];
  readonly homeless: readonly Letter[];
  /** Of all, where only some of them are told. */
  readonly replayedCount: number;
  readonly homelessCount: number;
  /** The receivers that letters of a signal can be replayed to. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
}

export interface Example {
  readonly label: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

export interface Mail {
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly receivedAt: string;
}

/** What the inspector answered instead, in its own words. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

/** An address of the inspector, wherever it is mounted. */
export function addressOf(path: string): string {
  return new URL(path, document.baseURI).href;
}

export async function get<T>(path: string): Promise<T> {
  return answered<T>(await fetch(addressOf(`api/${path}`)));
}

export async function post<T>(path: string, body: object): Promise<T> {
  const response = await fetch(addressOf(`api/${path}`), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answered<T>(response);
}

async function answered<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => ({}));
  if (response.ok) return body as T;
  const { type = '', detail = `The inspector answered ${response.status}.` } = body as {
    readonly type?: string;
    readonly detail?: string;
  };
  throw new Refusal(response.status, type, detail);
}
