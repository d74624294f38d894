import { AlreadyAttachedError, Transactions } from '../core/index.js';
import type { TransactionRunner } from '../integration/index.js';

/** The data sources of one application, by name, for as long as they are attached. */
export class AttachedDataSources extends Map<string, TransactionRunner> {
  readonly transactions = new Transactions(this);

  /** @throws AlreadyAttachedError */
  attach(runners: Readonly<Record<string, TransactionRunner>> = {}): void {
    for (const [name, runner] of Object.entries(runners)) {
      if (this.has(name)) {
        throw new AlreadyAttachedError(
          `Two data sources of this application are called '${name}'. Name each in one ` +
            'typeOrmSignals({ dataSources }).',
        );
      }
      this.set(name, runner);
      running.add(this);
    }
  }

  detach(): void {
    this.clear();
    running.delete(this);
  }
}

/** Of the applications of this process that have any. */
const running = new Set<AttachedDataSources>();

/** The transactions of each application that runs in this process. */
export function runningTransactions(): readonly Transactions[] {
  return [...running].map(({ transactions }) => transactions);
}
