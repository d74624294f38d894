import { TooSoonError } from '../errors/domain.errors.js';

export class RateLimitedError extends TooSoonError {
  readonly code = 'rate-limited';
  readonly title = 'Too many requests';

  /** @param retryAfter in seconds */
  constructor(retryAfter: number) {
    super(
      retryAfter,
      `Too many requests came from this address. Try again in ${retryAfter} seconds.`,
    );
  }
}
