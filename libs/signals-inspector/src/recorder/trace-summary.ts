/** A trace as a list shows it. Times are in milliseconds. */
export interface TraceSummary {
  readonly id: string;
  readonly sequence: number;
  readonly entry: string;
  readonly name: string;
  readonly path: string | undefined;
  readonly status: number | undefined;
  readonly startedAt: number;
  /** Undefined while it goes on. */
  readonly duration: number | undefined;
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
  /** The signals and receivers in it, for filters. */
  readonly names: readonly string[];
  readonly sentence: string;
}
