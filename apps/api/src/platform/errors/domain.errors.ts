/** One wrong field of a request; the pointer is a JSON pointer (RFC 6901) into what was sent. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** The pointer to a part of what another pointer points to. */
export function pointerTo(parent: string, part: string): string {
  return `${parent}/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

export interface DomainErrorOptions extends ErrorOptions {
  readonly errors?: readonly FieldError[];
}

/**
 * A rule of the domain was broken. The message becomes the `detail` that the caller reads, so it names the
 * cause and the way out. A module derives its errors from the kinds below and gives each a code and a title.
 */
export abstract class DomainError extends Error {
  /** Stable, kebab-case; clients branch on it: `type` is `urn:problem:<code>`. */
  abstract readonly code: string;
  /** The same sentence for every occurrence of the code. */
  abstract readonly title: string;
  abstract readonly status: number;
  readonly errors?: readonly FieldError[];
  /** In seconds; undefined where waiting is of no use. */
  readonly retryAfter?: number;

  constructor(detail: string, { errors, ...options }: DomainErrorOptions = {}) {
    super(detail, options);
    this.name = new.target.name;
    if (errors) this.errors = errors;
  }
}

export abstract class UnauthenticatedError extends DomainError {
  readonly status = 401;
}

export abstract class ForbiddenError extends DomainError {
  readonly status = 403;
}

export abstract class NotFoundError extends DomainError {
  readonly status = 404;
}

export abstract class ConflictError extends DomainError {
  readonly status = 409;
}

export abstract class InvalidError extends DomainError {
  readonly status = 422;
}

export abstract class TooSoonError extends DomainError {
  readonly status = 429;

  /** @param retryAfter in seconds */
  constructor(
    override readonly retryAfter: number,
    detail: string,
  ) {
    super(detail);
  }
}
