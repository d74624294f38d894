import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { EngineDatabase } from '../../src/durable/engine/engine-database.js';
import { PreparedStatements } from '../../src/durable/engine/prepared-statements.js';

const PREPARED = 'SELECT count(*)::integer AS count FROM pg_prepared_statements';

describe("The engine's statements", () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createDatabase();
    // A pool of one connection, so that all statements meet.
    const options = { type: 'postgres', url: database.url, poolSize: 1 } as const;
    dataSource = await new DataSource(options).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const run = async (text: string, values: unknown[] | undefined, prepares = true) => {
    const statements = prepares ? new PreparedStatements() : undefined;
    const engine = new EngineDatabase(dataSource, statements);
    for (let time = 0; time < 4; time += 1) await engine.executeSql(text, values);
    const [row] = await dataSource.query<{ count: number }[]>(PREPARED);
    await dataSource.query('DEALLOCATE ALL');
    return row?.count;
  };

  it('are prepared once they have come three times', async () => {
    expect(await run('SELECT $1::integer', [1])).toBe(1);
    expect(await run('SELECT 1;', [])).toBe(1);
  });

  it('are never prepared when there are several in one text', async () => {
    expect(await run('SELECT 1; SELECT 2', [])).toBe(0);
    expect(await run('SELECT 1; SELECT 2', undefined)).toBe(0);
  });

  it.each([
    ['without values', undefined],
    ['with an empty list of values', []],
  ])('leave no transaction to whoever comes next, %s', async (_, values) => {
    const engine = new EngineDatabase(dataSource, undefined);
    await expect(engine.executeSql('BEGIN; SELECT 1 / 0; COMMIT', values)).rejects.toThrow('zero');
    const [row] = await dataSource.query<unknown[]>(
      'SELECT pg_current_xact_id_if_assigned() AS id',
    );
    expect(row).toEqual({ id: null });
  });

  it('are never prepared for a pooler that does not know of it', async () => {
    expect(await run('SELECT $1::integer', [1], false)).toBe(0);
  });
});
