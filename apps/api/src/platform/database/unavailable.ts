import { errorCode } from '../error-code.js';

/** The server did not answer, or ended the connection: nobody here knows what became of the last statement. */
const LOST = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  '57P01', // the server stops
  '57P02', // it crashed
  '57P05', // the session was idle for too long
]);

/** node-postgres gives these no code. */
const LOST_MESSAGES = [
  'Connection terminated',
  'Client has encountered a connection error',
  'Query read timeout',
];

/** The server refused: what it was told in this transaction is undone. */
const REFUSED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  '25006', // it only reads: a standby, or a database that is being moved
  '25P03', // the transaction was idle for too long
  '3D000', // the database is gone
  '40001', // another transaction was in the way
  '40P01', // a deadlock
  '55P03', // a lock was not to be had in time
]);

/** SQLSTATE classes: authorization, resources such as disk and connections, operators, the system itself. */
const REFUSED_CLASS = /^(?:28|53|57|58)/;

const REFUSED_MESSAGES = ['timeout exceeded when trying to connect'];

/** SQLSTATE class 08: connection exception. */
const LOST_CLASS = /^08/;

const SQL_STATE = /^[\dA-Z]{5}$/;

/**
 * Whether an error says that the database cannot be asked now, as opposed to: it was asked something wrong. `lost`
 * when what was asked for last may have been done, a COMMIT for example.
 */
export function unavailabilityOf(error: unknown): 'lost' | 'refused' | undefined {
  const code = errorCode(error) ?? '';
  const isState = SQL_STATE.test(code);
  const says = (messages: readonly string[]) =>
    messages.some((message) => String(error).includes(message));
  if (LOST.has(code) || (isState && LOST_CLASS.test(code)) || says(LOST_MESSAGES)) return 'lost';
  if (REFUSED.has(code) || (isState && REFUSED_CLASS.test(code)) || says(REFUSED_MESSAGES)) {
    return 'refused';
  }
  return undefined;
}
