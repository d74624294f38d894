import { Logger } from '@nestjs/common';
import type { ErrorSink } from '../core/index.js';

const logger = new Logger('Signals');

/** Failures that have no caller to reach go to the application's log, one entry each. */
export const loggerErrorSink: ErrorSink = (error, what) => {
  logger.error(`${what}: ${textOf(error)}`, error instanceof Error ? error.stack : undefined);
};

function textOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'an error that cannot be shown';
  }
}
