import { constants } from 'node:os';

import { describe, identityOf } from './processes.mjs';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * How a person or the system asks this process to stop: `asked` aborts first, with the name of the
 * signal as its reason; `urged` aborts when they ask again.
 *
 * @typedef {{ asked: AbortSignal, urged: AbortSignal }} Interruption
 */

/** @returns {Interruption} */
export function listenForInterruption() {
  const asked = new AbortController();
  const urged = new AbortController();
  let askedAt = 0;

  const interrupt = (/** @type {NodeJS.Signals} */ signal) => {
    if (!asked.signal.aborted) {
      askedAt = Date.now();
      asked.abort(signal);
      return;
    }
    // One Ctrl-C arrives twice: from the terminal, and passed on by npm.
    if (Date.now() - askedAt < 300) return;
    if (urged.signal.aborted) process.exit(exitCodeOf(signal));
    askedAt = Date.now();
    urged.abort(signal);
  };

  for (const signal of SIGNALS) process.on(signal, interrupt);
  whenNpmIsGone(() => interrupt('SIGTERM'));
  return { asked: asked.signal, urged: urged.signal };
}

/** @param {NodeJS.Signals} signal */
export function exitCodeOf(signal) {
  return 128 + constants.signals[signal];
}

/**
 * A killed npm takes nobody along, and neither does a closed terminal that npm heard of alone.
 *
 * @param {() => void} stop
 */
function whenNpmIsGone(stop) {
  if (!process.env.npm_lifecycle_event) return;
  const npm = npmAbove();
  const identity = identityOf(npm);
  const timer = setInterval(() => {
    if (identityOf(npm) === identity) return;
    clearInterval(timer);
    stop();
  }, 500);
  timer.unref();
}

/** npm runs its scripts in a shell, and some shells step aside. */
function npmAbove() {
  const { name, parent } = describe(process.ppid);
  return name.endsWith('sh') ? parent : process.ppid;
}
