import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';
import { Configuration } from '../configuration/configuration.js';
import { DatabaseRefusedError, isMissingPrivilege } from './database-refused.error.js';
import { ImpatientClient } from './impatient-client.js';
import { migrate } from './migrate.js';
import { SnakeCaseNaming } from './snake-case.naming.js';

/** How the application talks to PostgreSQL; modules add their entities with `TypeOrmModule.forFeature`. */
export function dataSourceOptions(configuration: Configuration): DataSourceOptions {
  return {
    type: 'postgres',
    url: configuration.databaseUrl,
    applicationName: 'shop-api',
    namingStrategy: new SnakeCaseNaming(),
    migrations: [...MIGRATIONS],
    poolSize: configuration.databasePoolSize,
    connectTimeoutMS: 5_000,
    extra: {
      Client: ImpatientClient,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      statement_timeout: 15_000,
      lock_timeout: 10_000,
      idle_in_transaction_session_timeout: 30_000,
    },
  };
}

async function openDataSource(options?: DataSourceOptions): Promise<DataSource> {
  if (options?.type !== 'postgres' || !options.url) throw new Error('PostgreSQL is expected.');
  const { url } = options;
  const dataSource = new DataSource(options);
  await dataSource.initialize().catch((error: unknown) => {
    throw new DatabaseRefusedError(url, error);
  });
  try {
    await migrate(dataSource);
  } catch (error) {
    await dataSource.destroy();
    throw isMissingPrivilege(error) ? new DatabaseRefusedError(url, error) : error;
  }
  return dataSource;
}

@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Configuration],
      useFactory: (configuration: Configuration) => ({
        ...dataSourceOptions(configuration),
        autoLoadEntities: true,
        toRetry: () => false,
      }),
      dataSourceFactory: openDataSource,
    }),
  ],
})
export class DatabaseModule {}
