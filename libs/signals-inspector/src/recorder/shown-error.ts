import { pathToFileURL } from 'node:url';
import { cut } from './text.js';
import type { ShownError } from './trace.js';

const MOST_FRAMES = 12;
const MOST_CAUSES = 4;
const FOREIGN = /node_modules|\(node:|at node:/;

/** An error for people: its message, its causes, and its frames with those of the application first. */
export function shownError(error: unknown, causes = 0): ShownError {
  if (!isErrorLike(error)) {
    return { name: typeof error, message: describe(error), stack: [], cause: undefined };
  }
  const cause = error.cause !== undefined && causes < MOST_CAUSES;
  return {
    name: typeof error.name === 'string' ? cut(error.name, 120) : 'Error',
    message: describe(error.message),
    stack: frames(error.stack),
    cause: cause ? shownError(error.cause, causes + 1) : undefined,
  };
}

interface ErrorLike {
  readonly name?: unknown;
  readonly message: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
}

/** An error may come from another realm. */
function isErrorLike(error: unknown): error is ErrorLike {
  return typeof error === 'object' && error !== null && 'message' in error;
}

function describe(value: unknown): string {
  try {
    return cut(String(value));
  } catch {
    return 'something that cannot be shown';
  }
}

/** Files of the application are told from where it runs. */
function fromHere(line: string): string {
  const directory = process.cwd();
  return line.replaceAll(`${pathToFileURL(directory).href}/`, '').replaceAll(`${directory}/`, '');
}

function frames(stack: unknown): readonly string[] {
  if (typeof stack !== 'string') return [];
  const lines = stack.split('\n').filter((line) => /^\s+at /.test(line));
  const own = lines.filter((line) => !FOREIGN.test(line));
  const foreign = lines.filter((line) => FOREIGN.test(line));
  return [...own, ...foreign].slice(0, MOST_FRAMES).map((line) => cut(fromHere(line).trim(), 400));
}
