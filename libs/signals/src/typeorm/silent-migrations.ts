import type { DataSource } from 'typeorm';
import type { Signals } from '../index.js';

const SILENT = ['runMigrations', 'undoLastMigration', 'synchronize'] as const;

type Call = (...args: unknown[]) => Promise<unknown>;

/** Whatever a migration saves, it changes the schema and its data: nothing happened in the business. */
export function silenceMigrations(dataSource: DataSource, signals: Signals): Disposable {
  const calls = dataSource as unknown as Record<(typeof SILENT)[number], Call>;
  for (const name of SILENT) {
    const call = calls[name].bind(dataSource);
    calls[name] = (...args) => signals.mute({}, () => call(...args));
  }
  return {
    [Symbol.dispose]: () => {
      for (const name of SILENT) Reflect.deleteProperty(dataSource, name);
    },
  };
}
