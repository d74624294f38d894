import type { SendResults } from './send.js';
import type { AnySignal, PayloadOf, Sender } from './signal.js';

/** One send as an observer sees it, whether or not it reaches a receiver. */
export interface ObservedSend<S extends AnySignal = AnySignal> {
  readonly signal: S;
  readonly sender: Sender | null;
  readonly payload: PayloadOf<S>;
  /** Sent by `sendRobust`. */
  readonly robust: boolean;
}

/**
 * Is told of a send before any receiver runs; what it answers is then told of the results. Neither
 * may throw, and neither is waited for: the send and its receivers do not notice.
 */
export type SendObserver<S extends AnySignal = AnySignal> = (
  send: ObservedSend<S>,
) => (results: SendResults) => void;

/** Sends under observation. */
export function observed(
  observers: readonly SendObserver[],
  send: ObservedSend,
  deliver: () => SendResults,
): SendResults {
  const told = observers.map((observer) => observer(send));
  const results = deliver();
  for (const tell of told) tell(results);
  return results;
}
