import { ConflictError } from '../platform/index.js';

export class EmailTakenError extends ConflictError {
  readonly code = 'email-taken';
  readonly title = 'The e-mail has an account already';

  constructor(email: string, options?: ErrorOptions) {
    super(`${email} has an account. Sign in with it, or register another e-mail.`, options ?? {});
  }
}
