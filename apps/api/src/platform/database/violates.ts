import { errorCode } from '../error-code.js';

const UNIQUE_VIOLATION = '23505';

/** Whether an error means that a row would have broken exactly this unique constraint. */
export function violates(error: unknown, constraint: string): boolean {
  if (errorCode(error) !== UNIQUE_VIOLATION) return false;
  return (error as { readonly constraint?: unknown }).constraint === constraint;
}
