import { codeOf, Failure } from './failure.mjs';
import { exitCodeOf, listenForInterruption } from './interruption.mjs';
import { say } from './project.mjs';

/**
 * Runs a command of this project: ends the process with the exit code that the work returns, or
 * with one readable message.
 *
 * @param {(interruption: import('./interruption.mjs').Interruption) => Promise<number>} work
 */
export async function launch(work) {
  const interruption = listenForInterruption();
  try {
    process.exitCode = await work(interruption);
  } catch (error) {
    if (interruption.asked.aborted) {
      process.exitCode = exitCodeOf(interruption.asked.reason);
    } else {
      say(explain(error));
      process.exitCode = 1;
    }
  }
  process.exit();
}

/** @param {unknown} error */
function explain(error) {
  if (error instanceof Failure) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  const denied = ['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '');
  return denied
    ? `${message}\nThis folder must be writable by the user who starts it: was it used by another user before?`
    : message;
}
