import { errorCode } from '../error-code.js';

/** SQLSTATE classes and codes, and Node's own, that mean: not now, perhaps later. */
const UNAVAILABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  '3D000', // the database is gone
  '53300', // too many connections
  '55P03', // a lock was not to be had in time
  '57014', // the statement took too long
  '57P01', // the server stops
  '57P02',
  '57P03', // the server starts
]);

/** node-postgres gives these no code. */
const UNAVAILABLE_MESSAGES = [
  'timeout exceeded when trying to connect',
  'Connection terminated',
  'Client has encountered a connection error',
];

/** Whether an error says that the database cannot be asked now, as opposed to: it was asked something wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (UNAVAILABLE.has(errorCode(error) ?? '')) return true;
  return UNAVAILABLE_MESSAGES.some((message) => String(error).includes(message));
}
