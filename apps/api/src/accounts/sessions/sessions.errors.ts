import { ForbiddenError, NotFoundError, UnauthenticatedError } from '../../platform/index.js';

export class WrongCredentialsError extends UnauthenticatedError {
  readonly code = 'wrong-credentials';
  readonly title = 'The e-mail or the password is wrong';

  constructor() {
    super('No account has this e-mail with this password.');
  }
}

export class NotSignedInError extends UnauthenticatedError {
  readonly code = 'not-signed-in';
  readonly title = 'You are not signed in';

  constructor() {
    super(
      'Send a valid access token as Authorization: Bearer <token>; POST /api/v1/sessions gives one.',
    );
  }
}

export class SessionOverError extends UnauthenticatedError {
  readonly code = 'session-over';
  readonly title = 'The session cannot be renewed';

  constructor() {
    super('The refresh token is missing, expired, or was used before. Sign in again.');
  }
}

export class SessionNotFoundError extends NotFoundError {
  readonly code = 'session-not-found';
  readonly title = 'There is no such session';

  constructor(id: string) {
    super(`You have no open session ${id}: it has ended, or was never yours.`);
  }
}

export class StaffOnlyError extends ForbiddenError {
  readonly code = 'staff-only';
  readonly title = 'Only staff may do this';

  constructor() {
    super('Your account has no role that allows this.');
  }
}
