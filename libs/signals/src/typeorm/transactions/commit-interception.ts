import type { CallbackOptions, TransactionCallback } from '../../core/index.js';
import type { OpenTransaction } from './open-transaction.js';

/** The outermost level of a transaction, as an interceptor sees it. */
export interface InterceptedTransaction extends OpenTransaction {
  /** What a commit at this moment would run, in the order of registration. */
  pending(): readonly TransactionCallback[];
  /** Runs work as its callbacks run: inside what is open around it, or in itself while it is open. */
  besides<T>(work: () => T): T;
}

/** Sees a callback on its way into a transaction and answers what is put there in its place. */
export type CommitInterceptor = (
  callback: TransactionCallback,
  options: CallbackOptions,
  transaction: InterceptedTransaction,
) => TransactionCallback;

let interceptors: readonly CommitInterceptor[] = [];

/** For the testing kit: callbacks of every data source pass the interceptor until it is disposed. */
export function interceptCommits(interceptor: CommitInterceptor): Disposable {
  interceptors = [...interceptors, interceptor];
  return {
    [Symbol.dispose]: () => {
      interceptors = interceptors.filter((other) => other !== interceptor);
    },
  };
}

export function intercepted(
  callback: TransactionCallback,
  options: CallbackOptions,
  transaction: InterceptedTransaction,
): TransactionCallback {
  if (options.isHousekeeping) return callback;
  return interceptors.reduce(
    (inner, intercept) => intercept(inner, options, transaction),
    callback,
  );
}
