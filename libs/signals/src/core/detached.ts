import { AsyncLocalStorage } from 'node:async_hooks';

/** Of nobody: taken while this module loads, before any request or transaction. */
const outside = AsyncLocalStorage.snapshot();

/**
 * Runs `work` outside every `AsyncLocalStorage` context of the caller: in no transaction, for no
 * request, caused by nothing. For what outlives its caller, such as a timer, a loop or a consumer
 * that is started in a request or a transaction and would otherwise keep that as its context for
 * ever: sends in it would fail with `TransactionEndedError`.
 *
 * @returns what `work` returns.
 */
export function detached<T>(work: () => T): T {
  return outside(work);
}
