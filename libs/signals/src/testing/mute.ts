import { adminOf, type MuteFilter, type Signals } from '../core/index.js';

/**
 * Silences receivers of the whole application until it is disposed, whoever sends: also what a
 * request handler sends, which runs in no context of the test's. Nests; silences that overlap are
 * disposed in any order. For what one piece of work sends there is `signals.mute(filter, work)`.
 *
 * ```ts
 * using _quiet = mute(signals, { dispatchUid: 'billing.mailReceipt' });
 * ```
 *
 * @param filter everything that is named has to fit; without it, everything is silenced.
 */
export function mute(signals: Signals, filter: MuteFilter = {}): Disposable {
  return adminOf(signals).silence(filter);
}
