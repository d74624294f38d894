import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UnsupportedEngineError } from 'nestjs-signals/durable';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';

describe('A pg-boss whose tables are not those that are known', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDurableDatabase();
  });
  afterEach(() => database.drop());
  const start = () => DurableProcess.start(database, { workers: false });

  it('is refused at start, by the names of the columns that are missing', async () => {
    {
      await using process = await start();
      await process.dataSource.query(
        'ALTER TABLE signals.job RENAME COLUMN source_output TO output_of_source',
      );
      await process.dataSource.query('ALTER TABLE signals.job RENAME COLUMN source_name TO origin');
    }

    const starting = start();

    await expect(starting).rejects.toThrow(UnsupportedEngineError);
    await expect(starting).rejects.toMatchObject({
      missing: ['job.source_name', 'job.source_output'],
      message: expect.stringContaining(
        "in schema 'signals' have no job.source_name, no job.source_output",
      ) as unknown,
    });
  });
});
