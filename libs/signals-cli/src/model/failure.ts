import type { ReceiverInfo } from 'nestjs-signals/core';
import { count } from '../text/index.js';

/** Requests send theirs in no transaction, wait for no receiver, and report what fails. */
const OF_REQUESTS = /^http\.request(?:Started|Finished|Failed)$/;

export function isOfRequest(signal: string): boolean {
  return OF_REQUESTS.test(signal);
}

/** Whether a receiver runs in the transaction of its sender, and can undo it. */
export function isInTransaction({
  phase,
  signal,
}: Pick<ReceiverInfo, 'phase' | 'signal'>): boolean {
  return phase === 'inTransaction' && !isOfRequest(signal);
}

/** What becomes of a receiver's failure, in a word for tables. */
export function failureWord(info: ReceiverInfo): string {
  const { robust, durable } = info;
  if (isInTransaction(info)) return robust ? 'isolate' : 'abort';
  return durable ? `retry ${durable.retries}` : 'report';
}

/** The same in a sentence. */
export function failureSentence(info: ReceiverInfo): string {
  const { robust, durable } = info;
  if (isInTransaction(info)) {
    return robust ? 'its failure undoes itself alone' : 'its failure undoes the transaction';
  }
  if (!durable) return 'its failure is reported';
  const retries = count(durable.retries, 'retry', 'retries');
  return `${durable.effect === 'database' ? 'exactly once' : 'at least once'}, with ${retries}`;
}

/** When a receiver runs, for tables. */
export function phaseWord({ phase, signal }: Pick<ReceiverInfo, 'phase' | 'signal'>): string {
  if (isOfRequest(signal) && phase !== 'durable') return 'beside the request';
  return WORDS[phase];
}

const WORDS = {
  inTransaction: 'in transaction',
  afterCommit: 'after commit',
  afterRollback: 'after rollback',
  durable: 'durable',
} as const;
