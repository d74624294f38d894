import type { DataSource } from 'typeorm';
import { PATIENCE, type PatienceOptions } from './patience.js';
import { RolledBackDataSource } from './rolled-back-data-source.js';
import { describeTransaction, type ApplicationTransaction } from './shared-connection.js';

/**
 * Thrown when a test has ended and transactions that were begun in it have not. Names them; they are
 * rolled back. A test that failed for another reason fails for that, and this is a warning.
 */
export class UnendedTransactionError extends Error {
  override readonly name = 'UnendedTransactionError';

  constructor(transactions: readonly ApplicationTransaction[]) {
    const list = transactions.map((each) => `\n  - ${describeTransaction(each)}`).join('');
    super(
      `The test has ended, but not these transactions:${list}\nAwait what begins them, and end ` +
        'those that you begin by hand.',
    );
  }
}

/**
 * Runs a test in one transaction that is always rolled back, so that tests share a database and
 * need no cleaning up. All of the data source's work is in it: through managers, repositories,
 * query runners and raw statements, whoever does it, request handlers included.
 *
 * Inside, the application's transactions behave as in production. Its outermost one is a savepoint
 * here and still runs its callbacks when it ends, after commit or after rollback, in production's
 * order and at the same moment; what these write is rolled back with the test (Rails: transactional
 * tests, whose transaction cannot be joined). A swallowed error, a constraint that is checked at
 * COMMIT, a failing single statement: all as ever.
 *
 * ```ts
 * it('issues a receipt', () =>
 *   rolledBackTest(app.get(DataSource), async () => {
 *     await request(server).post(`/orders/${id}/payment`).expect(200);
 *     expect(await receipts.count()).toBe(1);
 *   }));
 * ```
 *
 * Transactions in parallel run one after the other, since they share a connection; one that begins
 * inside another one's work, on a connection of its own, is inside it here. So this is no place to
 * test locks, isolation, or work that is to survive the rollback of the work around it. `now()` is
 * the beginning of the test, NOTIFY is never delivered, and sequences go on.
 *
 * @param dataSources of PostgreSQL, initialized, and in one such test at a time.
 * @throws what `test` throws, unchanged; UnfitDataSourceError, before it runs; UnendedTransactionError. A statement that waits for a
 * transaction in which nothing happens for `timeout` fails, with ConnectionBusyError as the
 * `driverError` of TypeORM's error.
 */
export async function rolledBackTest<T>(
  dataSources: DataSource | readonly DataSource[],
  test: () => T | Promise<T>,
  options: PatienceOptions = {},
): Promise<T> {
  const begun: RolledBackDataSource[] = [];
  const leftOver: ApplicationTransaction[] = [];
  let result: T;
  let hasFailed = true;
  try {
    for (const dataSource of listOf(dataSources)) {
      begun.push(await RolledBackDataSource.begin(dataSource, options.timeout ?? PATIENCE));
    }
    result = await test();
    hasFailed = false;
  } finally {
    for (const each of begun) leftOver.push(...(await each.end()));
    // The failure of the test itself says more, and stays what it is.
    if (hasFailed && leftOver.length > 0) {
      const { message, name } = new UnendedTransactionError(leftOver);
      process.emitWarning(message, name);
    }
  }
  if (leftOver.length > 0) throw new UnendedTransactionError(leftOver);
  return result;
}

/** An empty list is handed on as it is, to be refused: nothing would be rolled back. */
function listOf(given: DataSource | readonly DataSource[]): readonly DataSource[] {
  const list = [given].flat();
  return list.length > 0 ? list : [given as DataSource];
}
