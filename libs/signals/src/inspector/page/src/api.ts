/** What the API tells; the shapes are those of the inspector's own types. */

export interface Summary {
  readonly id: string;
  readonly sequence: number;
  readonly entry: string;
  readonly name: string;
  readonly path?: string;
  readonly status?: number;
  readonly startedAt: number;
  readonly duration?: number;
  readonly signals: number;
  readonly receivers: number;
  readonly statements: number;
  readonly statementTime: number;
  readonly receiverTime: number;
  readonly transactions: number;
  readonly callbacks: number;
  readonly deliveries: number;
  readonly failedIsolated: number;
  readonly failedAborted: number;
  readonly rolledBack: number;
  readonly dropped: number;
  readonly pending: number;
  readonly passedBy: number;
  readonly truncated: number;
  readonly hasEffects: boolean;
  readonly isPinned: boolean;
  readonly names: readonly string[];
  readonly sentence: string;
}

export interface ShownError {
  readonly name: string;
  readonly message: string;
  readonly stack: readonly string[];
  readonly cause?: ShownError;
}

export interface Span {
  readonly id: number;
  readonly parent?: number;
  readonly kind: string;
  readonly name: string;
  readonly start: number;
  readonly end?: number;
  readonly outcome: string;
  readonly transaction?: number;
  readonly depth?: number;
  readonly site?: string;
  readonly phase?: string;
  readonly isolated?: boolean;
  readonly sender?: string;
  readonly queuedBy?: number;
  readonly queuedAt?: number;
  readonly reason?: string;
  readonly rows?: number;
  readonly input?: unknown;
  readonly error?: ShownError;
  readonly notRun?: readonly { receiver: string; location?: string; reason: string }[];
  readonly receivers?: readonly string[];
  readonly delivery?: string;
  readonly job?: string;
}

export interface ShownTrace {
  readonly summary: Summary;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly spans: readonly Span[];
  readonly truncated: number;
}

export interface StoreState {
  readonly kept: number;
  readonly limit: number;
  readonly bytes: number;
  readonly bytesLimit: number;
  readonly dropped: number;
  readonly droppedSpans: number;
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
  readonly hasDeliveries: boolean;
  readonly hasMails: boolean;
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
  readonly severity: 'error' | 'warning' | 'note';
  readonly title: string;
  readonly explanation: string;
  readonly where: readonly string[];
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
  /** The receivers that letters of a signal can be replayed to. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
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
