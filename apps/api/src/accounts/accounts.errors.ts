import { ConflictError, InvalidError } from '../platform/index.js';

export class EmailTakenError extends ConflictError {
  readonly code = 'email-taken';
  readonly title = 'The e-mail has an account already';

  constructor(email: string, options?: ErrorOptions) {
    super(`${email} has an account. Sign in with it, or register another e-mail.`, options ?? {});
  }
}

export class WrongPasswordError extends InvalidError {
  readonly code = 'wrong-password';
  readonly title = 'The current password is wrong';

  constructor() {
    super('Nothing was changed: send the password that you sign in with now.', {
      errors: [{ pointer: '/currentPassword', detail: 'is not the password of this account' }],
    });
  }
}
