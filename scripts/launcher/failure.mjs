/** A failure that the reader can act on: it is printed as one message, without a stack. */
export class Failure extends Error {}

/** @param {unknown} error @returns {string | undefined} the system's code, such as ENOENT */
export function codeOf(error) {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : undefined;
}
