import { TooSoonError } from '../platform/index.js';

const RETRY_AFTER_SECONDS = 10;

export class TooManyStreamsError extends TooSoonError {
  readonly code = 'too-many-streams';
  readonly title = 'Too many event streams are open';

  constructor(most: number) {
    super(
      RETRY_AFTER_SECONDS,
      `You have ${most} event streams open. Close one, or read the orders with GET instead.`,
    );
  }
}
