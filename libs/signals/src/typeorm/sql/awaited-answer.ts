import type { QueryRunner } from 'typeorm';

/** A statement whose answer somebody waits for. */
interface Awaited {
  /** How the statement begins: TypeORM adds what it wants to have returned. */
  readonly sql: string;
  isAnswered: boolean;
  rows: number | undefined;
}

const AWAITED = Symbol('nestjs-signals.awaitedAnswers');

type AskedRunner = QueryRunner & { [AWAITED]?: readonly Awaited[] };

/**
 * Runs work that sends a statement of this beginning on the query runner, and answers how many rows
 * PostgreSQL says it wrote; undefined when it was not sent. TypeORM does not tell it of an insert.
 */
export async function countingRows<T>(
  queryRunner: AskedRunner,
  sql: string,
  work: () => Promise<T>,
): Promise<readonly [result: T, rows: number | undefined]> {
  const awaited: Awaited = { sql, isAnswered: false, rows: undefined };
  queryRunner[AWAITED] = [...(queryRunner[AWAITED] ?? []), awaited];
  try {
    const result = await work();
    return [result, awaited.rows];
  } finally {
    queryRunner[AWAITED] = queryRunner[AWAITED].filter((other) => other !== awaited);
  }
}

/** Takes down how many rows a statement wrote, where somebody waits for it: the first who asked. */
export function noteAnswer(queryRunner: AskedRunner, sql: string, rawResults: unknown): void {
  const awaited = queryRunner[AWAITED]?.find((one) => !one.isAnswered && sql.startsWith(one.sql));
  if (!awaited) return;
  const { rowCount } = new Object(rawResults) as { readonly rowCount?: unknown };
  awaited.isAnswered = true;
  awaited.rows = typeof rowCount === 'number' ? rowCount : undefined;
}
