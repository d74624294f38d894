import { DataSource, type DataSourceOptions } from 'typeorm';
import { Signals, type SignalsOptions } from 'nestjs-signals/core';
import { typeOrmSignals } from 'nestjs-signals/typeorm';
import { createDatabase } from '../../../../test/support/database.js';

export interface SignalsOnDataSource {
  readonly dataSource: DataSource;
  readonly signals: Signals;
  /** What the error sink was told. */
  readonly reported: { readonly error: unknown; readonly what: string }[];
  close(): Promise<void>;
}

/** A data source on a database of its own, with signals attached. */
export async function startDataSource(
  entities: NonNullable<DataSourceOptions['entities']>,
  options: { readonly poolSize?: number; readonly signals?: SignalsOptions } = {},
): Promise<SignalsOnDataSource> {
  const database = await createDatabase();
  const dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    entities,
    synchronize: true,
    poolSize: options.poolSize ?? 3,
    extra: { connectionTimeoutMillis: 5_000 },
  }).initialize();
  const reported: { error: unknown; what: string }[] = [];
  const onError = (error: unknown, what: string) => void reported.push({ error, what });
  const signals = new Signals({ onError, ...options.signals });
  const attachment = typeOrmSignals({ dataSources: { default: dataSource } }).attach({
    signals,
    onError,
    resolve: () => {
      throw new Error('Nothing to resolve outside Nest.');
    },
  });
  return {
    dataSource,
    signals,
    reported,
    async close() {
      attachment[Symbol.dispose]();
      await dataSource.destroy();
      await database.drop();
    },
  };
}
