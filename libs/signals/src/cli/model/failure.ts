import type { ReceiverInfo } from '../../index.js';
import { count } from '../text/index.js';

/** What becomes of a receiver's failure, in a word for tables. */
export function failureWord({ phase, robust, durable }: ReceiverInfo): string {
  if (phase === 'inTransaction') return robust ? 'isolate' : 'abort';
  return durable ? `retry ${durable.retries}` : 'report';
}

/** The same in a sentence. */
export function failureSentence({ phase, robust, durable }: ReceiverInfo): string {
  if (phase === 'inTransaction') {
    return robust ? 'its failure undoes itself alone' : 'its failure undoes the transaction';
  }
  if (!durable) return 'its failure is reported';
  const retries = count(durable.retries, 'retry', 'retries');
  return `${durable.effect === 'database' ? 'exactly once' : 'at least once'}, with ${retries}`;
}

/** When a receiver runs, for tables. */
export function phaseWord({ phase }: Pick<ReceiverInfo, 'phase'>): string {
  return WORDS[phase];
}

const WORDS = {
  inTransaction: 'in transaction',
  afterCommit: 'after commit',
  afterRollback: 'after rollback',
  durable: 'durable',
} as const;
