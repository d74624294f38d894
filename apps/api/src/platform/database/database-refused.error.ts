import { errorCode } from '../error-code.js';
import { StartupError } from '../startup/startup.error.js';

const INSUFFICIENT_PRIVILEGE = '42501';

/** The database of DATABASE_URL cannot be used. Never shows the password. */
export class DatabaseRefusedError extends StartupError {
  override readonly name = 'DatabaseRefusedError';

  constructor(url: string, cause: unknown) {
    super(`${explain(new URL(url), cause)} DATABASE_URL names it.`, { cause });
  }
}

function explain({ host, pathname, username }: URL, cause: unknown): string {
  const database = decodeURIComponent(pathname.slice(1));
  const user = decodeURIComponent(username);
  switch (errorCode(cause)) {
    case '28P01':
    case '28000':
      return `The database at ${host} refuses the user "${user}": wrong name or password.`;
    case '3D000':
      return `The server at ${host} has no database "${database}". Create it: createdb ${database}.`;
    case INSUFFICIENT_PRIVILEGE:
      return `The user "${user}" may not change the schema of "${database}" at ${host}: make it the owner.`;
    case 'ECONNREFUSED':
      return `Nothing answers at ${host}: no PostgreSQL listens there. Start it, or correct the address.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The database's host ${host} is unknown: its name does not resolve.`;
    default:
      return `The database "${database}" at ${host} cannot be used: ${messageOf(cause)}.`;
  }
}

export function isMissingPrivilege(error: unknown): boolean {
  return errorCode(error) === INSUFFICIENT_PRIVILEGE;
}

function messageOf(cause: unknown): string {
  return String(cause).replace(/^\w*Error: |\.$/g, '');
}
