/** A delivery that failed for good, and waits for somebody to replay it. */
export interface DeadLetter {
  readonly id: string;
  readonly receiver: string;
  readonly delivery:
    | {
        readonly eventId: string;
        readonly signal: string;
        readonly sender: string | null;
        readonly occurredAt: string;
        readonly payload: unknown;
        readonly carrier: Readonly<Record<string, string>>;
      }
    | undefined;
  readonly diedAt: Date;
  readonly attempts: number;
  readonly reason: string;
  readonly error: unknown;
  /** Earlier deaths of the same delivery, the latest first. */
  readonly lineage: readonly {
    readonly id: string;
    readonly reason: string;
    readonly attempts: number;
    readonly diedAt: Date;
    readonly endedAt: Date;
    readonly outcome: string;
  }[];
}

/** Which dead letters: those that fit everything that is named. */
export interface DeadLetterFilter {
  readonly ids?: readonly string[];
  readonly receiver?: string;
  readonly signal?: string;
  /** A part of the reason. */
  readonly reason?: string;
}

/** What the inspector asks of whoever keeps dead letters, such as `durableSignals().deadLetters`. */
export interface DeadLetterDesk {
  list(filter?: DeadLetterFilter): Promise<readonly DeadLetter[]>;
  show(id: string): Promise<DeadLetter>;
  replay(
    filter: DeadLetterFilter,
    options?: { readonly dryRun?: boolean },
  ): Promise<{
    readonly replayed: readonly DeadLetter[];
    readonly homeless: readonly DeadLetter[];
  }>;
}

/** What keeps durable deliveries, such as `durableSignals()`. */
export interface DurableDesk {
  readonly deadLetters: DeadLetterDesk;
  health(): {
    readonly isStarted: boolean;
    readonly hasWorkers: boolean;
    readonly isListening: boolean;
  };
}
