import type { QueryRunner } from 'typeorm';
import { currentCause, queryChannel, type QueryTrace } from '../../diagnostics/index.js';
import { applicationsOf } from '../attached-signals.js';
import { dataSourceOf, type AfterQueryEvent } from '../internals.js';
import { transactionOf } from './runner-transaction.js';

/** TypeORM's own clock counts whole milliseconds. A connection answers in the order of asking. */
const STARTED = Symbol('nestjs-signals.queriesStarted');

type TimedRunner = QueryRunner & { [STARTED]?: number[] };

export function queryStarted(queryRunner: TimedRunner): void {
  (queryRunner[STARTED] ??= []).push(performance.now());
}

/** Tells of a statement that PostgreSQL has answered. */
export function traceQuery(event: AfterQueryEvent): void {
  const { query, parameters, success, error, executionTime = 0, queryRunner } = event;
  const started = (queryRunner as TimedRunner)[STARTED]?.shift();
  const transaction = transactionOf(queryRunner);
  const trace: Omit<QueryTrace, 'application'> = {
    sql: query,
    parameters: Array.isArray(parameters) ? parameters : [],
    duration: started === undefined ? executionTime : performance.now() - started,
    rows: rowsOf(event.rawResults),
    error: success ? undefined : error,
    place: transaction?.isOpen ? transaction.place : undefined,
    cause: currentCause(),
  };
  for (const application of applicationsOf(dataSourceOf(queryRunner))) {
    queryChannel.publish({ ...trace, application } satisfies QueryTrace);
  }
}

function rowsOf(rawResults: unknown): number | undefined {
  if (typeof rawResults !== 'object' || rawResults === null) return undefined;
  const { rowCount } = rawResults as { readonly rowCount?: unknown };
  return typeof rowCount === 'number' ? rowCount : undefined;
}
