import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CommandError } from '../command.error.js';
import type { Application } from './application.js';

/** A receiver that a database keeps deliveries for. */
export interface Addressee {
  readonly receiver: string;
  readonly signal?: string | undefined;
  readonly sender?: string | undefined;
  readonly namesake?: number | undefined;
  readonly waiting: number;
  readonly dead: number;
}

/** What is used of a data source of the application's TypeORM. */
interface DataSource {
  readonly isInitialized: boolean;
  initialize(): Promise<unknown>;
  destroy(): Promise<void>;
}

/** What `durableSignals()` answers, in the application's own copy of the library. */
interface DeliveryKeeper {
  addressees?(dataSource: DataSource): Promise<readonly Addressee[]>;
}

const PATIENCE = 10_000;

/**
 * Whom the database keeps deliveries for, in the schema that the application names; nobody where it
 * has no durable receivers. Reads only.
 *
 * @throws CommandError when the database does not answer.
 */
export async function readAddressees(
  { integrations }: Pick<Application, 'integrations'>,
  url: string,
  root: string,
): Promise<readonly Addressee[]> {
  if (!integrations) {
    throw new CommandError(
      'SignalsModule.forRootAsync() makes its integrations at start, so it is not known where ' +
        'deliveries are kept. Use forRoot(), or leave --db out.',
    );
  }
  const keeper = integrations.find(({ isDurable }) => isDurable) as DeliveryKeeper | undefined;
  if (!keeper) return [];
  if (!keeper.addressees) {
    throw new CommandError('The application uses another version of nestjs-signals; update it.');
  }
  const dataSource = newDataSource(url, root);
  try {
    await dataSource.initialize();
    return await keeper.addressees(dataSource);
  } catch (error) {
    throw new CommandError(`The database ${placeOf(url)} cannot be asked: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

/** Of the TypeORM, and so with the driver, that the application itself has. */
function newDataSource(url: string, root: string): DataSource {
  const require = createRequire(join(root, 'package.json'));
  const { DataSource: Source } = require('typeorm') as {
    DataSource: new (options: object) => DataSource;
  };
  const extra = { connectionTimeoutMillis: PATIENCE, statement_timeout: PATIENCE };
  return new Source({ type: 'postgres', url, poolSize: 1, extra });
}

/** Without the password. */
function placeOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `${pathname.slice(1)} at ${host}`;
  } catch {
    return 'whose address is no URL';
  }
}

/** Node gathers the failures of all addresses of a host in one error without a message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
