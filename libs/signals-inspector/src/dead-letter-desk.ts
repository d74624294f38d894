import type { Signals } from 'nestjs-signals/core';

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
  /** The id of the delivery, which the entry of every attempt has among its facts. */
  readonly deliveryId?: string | undefined;
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
    /** The receiver that it was replayed to, where that is another one. */
    readonly replayedTo?: string | undefined;
  }[];
}

/** A dead letter that was replayed or discarded, and what has become of its delivery since. */
export interface EndedLetter {
  readonly id: string;
  readonly receiver: string;
  readonly reason: string;
  readonly attempts: number;
  readonly diedAt: Date;
  readonly endedAt: Date;
  readonly outcome: string;
  readonly replayedTo: string | undefined;
  readonly deliveryId: string | undefined;
  /** `waiting`, `retrying`, `active`, `done`, `dead` or `gone`. */
  readonly now: string;
  /** The dead letter that its delivery is now. */
  readonly deadLetter: string | undefined;
}

/** A delivery that is not done. */
export interface PendingDelivery {
  readonly id: string;
  readonly receiver: string;
  readonly signal: string | undefined;
  readonly carrier: Readonly<Record<string, string>>;
  readonly attempts: number;
  readonly reason: string | undefined;
  readonly writtenAt: Date;
  readonly dueAt: Date;
  readonly startedAt?: Date | undefined;
}

export const PENDING_STATES = ['retrying', 'waiting', 'delayed', 'active'] as const;
export type PendingState = (typeof PENDING_STATES)[number];

export interface DeliveryCounts {
  readonly states: Readonly<Record<PendingState | 'dead', number>>;
  /** Since when no worker has said that it is there, in seconds. */
  readonly workerSeenSeconds: number | undefined;
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
  /** The latest first; there may be more of them. */
  list(filter?: DeadLetterFilter): Promise<readonly DeadLetter[]>;
  /** Not asked where it is missing, as some of the following are. */
  count?(filter?: DeadLetterFilter): Promise<number>;
  show(id: string): Promise<DeadLetter>;
  replay(
    filter: DeadLetterFilter,
    options?: { readonly dryRun?: boolean; readonly to?: string },
  ): Promise<{
    readonly replayed: readonly DeadLetter[];
    readonly homeless: readonly DeadLetter[];
    /** Of all, where only some of them are told. */
    readonly replayedCount?: number;
    readonly homelessCount?: number;
  }>;
  /** Ends them for good. */
  discard?(filter: DeadLetterFilter): Promise<readonly DeadLetter[]>;
  /** Those that are none any more. */
  ended?(ids?: readonly string[]): Promise<readonly EndedLetter[]>;
  /** The receivers that dead letters of a signal can be replayed to. */
  targetsOf?(signal: string): readonly string[];
}

/** What keeps durable deliveries, such as `durableSignals()`. */
export interface DurableDesk {
  /** The deliveries of one application, where one object serves several. */
  of?(application: Signals): DurableDesk;
  readonly deadLetters: DeadLetterDesk;
  counts?(): Promise<DeliveryCounts>;
  pending?(state: PendingState): Promise<readonly PendingDelivery[]>;
  health(): {
    readonly isStarted: boolean;
    readonly hasWorkers: boolean;
    readonly isListening: boolean;
  };
}
