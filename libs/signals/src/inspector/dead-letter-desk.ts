/** A delivery that has been given up, as a list shows it. Times are ISO 8601. */
export interface DeadLetter {
  readonly id: string;
  readonly signal: string;
  readonly receiver: string;
  readonly state: string;
  readonly attempts: number;
  readonly attemptsAllowed: number | undefined;
  /** The first line of the last error. */
  readonly error: string | undefined;
  readonly errorClass: string | undefined;
  readonly createdAt: string;
  readonly failedAt: string | undefined;
  /** The trace that wrote it, when it is known. */
  readonly origin: string | undefined;
  /** The delivery that replayed this one, and the one that this replays. */
  readonly replayedAs: string | undefined;
  readonly replayOf: string | undefined;
  /** The receiver is declared to stand a second run. */
  readonly isRepeatable: boolean;
  /** Whether there is still such a receiver. */
  readonly hasReceiver: boolean;
}

export interface DeliveryAttempt {
  readonly number: number;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  readonly error: string | undefined;
}

export interface DeadLetterDetail extends DeadLetter {
  readonly payload: unknown;
  readonly history: readonly DeliveryAttempt[];
  readonly stack: string | undefined;
}

export interface DeadLetterFilter {
  readonly signal?: string;
  readonly receiver?: string;
  readonly errorClass?: string;
  readonly state?: string;
}

export interface DeliveryCounts {
  readonly states: Readonly<Record<string, number>>;
  /** When a worker was last seen; ISO 8601. */
  readonly workerSeenAt: string | undefined;
}

export interface ReplayOutcome {
  readonly matched: number;
  readonly replayed: readonly { readonly id: string; readonly as: string | undefined }[];
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

/** What the inspector asks of whoever keeps durable deliveries. */
export interface DeadLetterDesk {
  counts(): Promise<DeliveryCounts>;
  /** The newest first. */
  list(filter: DeadLetterFilter, limit: number): Promise<readonly DeadLetter[]>;
  show(id: string): Promise<DeadLetterDetail | undefined>;
  /** Makes a new delivery of each, in a lineage of its own. A dry run only tells what would be. */
  replay(
    selection: { readonly ids: readonly string[] } | { readonly filter: DeadLetterFilter },
    dryRun: boolean,
  ): Promise<ReplayOutcome>;
}
