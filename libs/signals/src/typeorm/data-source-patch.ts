import type { DataSource } from 'typeorm';
import { attachedSignals, type AttachedSignals } from './attached-signals.js';

const SILENT = ['runMigrations', 'undoLastMigration', 'synchronize'] as const;

type Call = (this: DataSource, ...args: unknown[]) => Promise<unknown>;
type Calls = Record<(typeof SILENT)[number] | 'initialize', Call>;

const instrumented = new WeakSet<object>();

/**
 * Wraps calls of data sources, once in a process, on the prototype. Migrations are silent: whatever
 * one saves, it changes the schema and its data, and nothing happened in the business. And whoever
 * is attached is told when a data source has been initialized. Data sources without signals do as
 * before.
 */
export function instrumentDataSources(dataSource: DataSource): void {
  const prototype = Object.getPrototypeOf(dataSource) as Calls;
  if (instrumented.has(prototype)) return;
  instrumented.add(prototype);
  for (const name of SILENT) {
    const call = prototype[name];
    prototype[name] = function migrate(...args) {
      return muted(attachedSignals(this), () => call.apply(this, args));
    };
  }
  const { initialize } = prototype;
  prototype.initialize = async function initializeAndTell(...args) {
    const result = await initialize.apply(this, args);
    try {
      for (const attached of attachedSignals(this)) attached.initialized?.();
    } catch (error) {
      await this.destroy();
      throw error;
    }
    return result;
  };
}

function muted<T>(attached: readonly AttachedSignals[], work: () => Promise<T>): Promise<T> {
  return attached.reduce<() => Promise<T>>(
    (inner, { signals }) =>
      () =>
        signals.mute({}, inner),
    work,
  )();
}
