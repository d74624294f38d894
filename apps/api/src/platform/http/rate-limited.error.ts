import { DomainError } from '../errors/domain.errors.js';

export class RateLimitedError extends DomainError {
  readonly code = 'rate-limited';
  readonly title = 'Too many requests';
  readonly status = 429;

  /** @param retryAfter in seconds */
  constructor(readonly retryAfter: number) {
    super(`Too many requests came from this address. Try again in ${retryAfter} seconds.`);
  }
}
