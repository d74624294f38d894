import { setTimeout } from 'node:timers/promises';
import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
  type EntityManager,
  type QueryRunner,
} from 'typeorm';
import { LOST } from './step.js';

/** The runner of a manager that belongs to one connection. */
export function runnerOf({ queryRunner }: EntityManager): QueryRunner {
  if (queryRunner) return queryRunner;
  throw new Error('The default manager holds no connection.');
}

/** Which process of PostgreSQL serves a runner. */
export async function processOf(runner: QueryRunner): Promise<number> {
  const { processID } = (await runner.connect()) as { readonly processID: number };
  return processID;
}

/** TypeORM learns of a dead connection a moment after the statement that failed on it. */
export async function untilReleased(runner: QueryRunner): Promise<void> {
  while (!runner.isReleased) await setTimeout(1);
}

/** What the model calls an error that nobody planned. */
export function nameOf(error: unknown): string {
  if (
    error instanceof QueryRunnerAlreadyReleasedError ||
    error instanceof QueryRunnerProviderAlreadyReleasedError
  ) {
    return LOST;
  }
  if (error instanceof QueryFailedError) {
    const { code } = error.driverError as { readonly code?: string };
    return code && !code.startsWith('57P') ? `SQL ${code}` : LOST;
  }
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' ? error.message : error.name;
}
