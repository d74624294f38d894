import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { Signals } from 'nestjs-signals/core';
import { startDataSource, type SignalsOnDataSource } from './data-source.js';

/** A data source for the tests of a file, empty and without receivers before each of them. */
export interface UsedDataSource {
  readonly dataSource: DataSource;
  readonly signals: Signals;
  readonly reported: SignalsOnDataSource['reported'];
  /** What the current test has noted. */
  readonly ran: string[];
  /** A callback that notes a text. */
  readonly note: (text: string) => () => void;
  /** Connects a receiver until the end of the test. */
  readonly connect: Signals['connect'];
}

export function useDataSource(...source: Parameters<typeof startDataSource>): UsedDataSource {
  const ran: string[] = [];
  let started: SignalsOnDataSource;
  let connected: Disposable[] = [];

  beforeAll(async () => {
    started = await startDataSource(...source);
  });
  beforeEach(async () => {
    const tables = started.dataSource.entityMetadatas.map(({ tablePath }) => `"${tablePath}"`);
    await started.dataSource.query(`TRUNCATE ${tables.join()} RESTART IDENTITY CASCADE`);
    ran.length = 0;
    started.reported.length = 0;
  });
  afterEach(() => {
    for (const connection of connected) connection[Symbol.dispose]();
    connected = [];
  });
  afterAll(() => started.close());

  return {
    get dataSource() {
      return started.dataSource;
    },
    get signals() {
      return started.signals;
    },
    get reported() {
      return started.reported;
    },
    ran,
    note: (text) => () => void ran.push(text),
    connect: (...given: readonly unknown[]) => {
      const signals: { connect(...given: readonly unknown[]): Disposable } = started.signals;
      const connection = signals.connect(...given);
      connected.push(connection);
      return connection;
    },
  };
}
