import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { NoTransactionError, Signals, type SignalsOptions } from 'nestjs-signals/core';
import type { TransactionTrace } from 'nestjs-signals/diagnostics';
import {
  atomic,
  onCommit,
  postSave,
  typeOrmSignals,
  UnsupportedDatabaseError,
} from 'nestjs-signals/typeorm';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { Told } from '../support/tracing.js';

describe('Signals that are attached to a data source', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let ran: string[];
  const note = (text: string) => () => void ran.push(text);
  const save = () => dataSource.manager.save(LogLine, { text: 'line' });
  const applications = () =>
    new Told('signals:transaction', ({ application }: TransactionTrace) => application);

  const attach = (options: SignalsOptions = {}) => {
    const reported: string[] = [];
    const onError = (_: unknown, what: string) => void reported.push(what);
    const signals = new Signals({ onError, ...options });
    const attachment = typeOrmSignals({ dataSources: { default: dataSource } }).attach({
      signals,
      onError,
      resolve: () => {
        throw new Error('Nothing to resolve outside Nest.');
      },
    });
    return { signals, reported, [Symbol.dispose]: () => attachment[Symbol.dispose]() };
  };

  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    ran = [];
    dataSource = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [LogLine],
      synchronize: true,
    }).initialize();
  });
  afterEach(() => dataSource.destroy());

  it('are told of callbacks that fail, also where some waited before there were signals', async () => {
    await atomic(dataSource, async () => onCommit(note('before')));
    using application = attach();

    await atomic(dataSource, async () => {
      onCommit(() => Promise.reject(new Error('no')));
    });

    expect(ran).toEqual(['before']);
    expect(application.reported).toEqual(['A callback of a transaction that was committed failed']);
  });

  it('decide what becomes of a callback outside a transaction', () => {
    {
      using _application = attach({ outsideTransaction: 'throw' });
      expect(() => onCommit(note('never'))).toThrow(NoTransactionError);
    }
    onCommit(note('nobody'));

    expect(ran).toEqual(['nobody']);
  });

  it('hear nothing more once they are detached, and traces name them no more', async () => {
    using told = applications();
    const application = attach();
    application.signals.connect(postSave, note('heard'));

    await save();
    application[Symbol.dispose]();
    await save();

    expect(ran).toEqual(['heard']);
    expect(told.all).toEqual([application.signals, application.signals, undefined, undefined]);
  });

  it('stay when those before them are detached late, and more than once', async () => {
    using told = applications();
    const former = attach();
    using application = attach();
    application.signals.connect(postSave, note('heard'));

    former[Symbol.dispose]();
    former[Symbol.dispose]();
    await save();

    expect(ran).toEqual(['heard']);
    expect(told.all).toEqual([application.signals, application.signals]);
  });
});

describe('A data source that is not PostgreSQL', () => {
  const dataSource = new DataSource({ type: 'cockroachdb', timeTravelQueries: false });
  const refused = new UnsupportedDatabaseError('cockroachdb');

  it('is refused where it is attached, before anything of it is watched', () => {
    const signals = new Signals();
    const attach = () =>
      typeOrmSignals({ dataSources: { default: dataSource } }).attach({
        signals,
        onError: () => {},
        resolve: () => undefined,
      });

    expect(attach).toThrow(refused);
    expect(refused.message).toBe(
      "Signals follow transactions by what PostgreSQL answers, and this data source is of type 'cockroachdb'. " +
        'Attach PostgreSQL data sources alone.',
    );
    expect(dataSource.subscribers).toEqual([]);
  });

  it('is refused by atomic and onCommit, which would watch it', async () => {
    await expect(atomic(dataSource, async () => {})).rejects.toThrow(refused);
    const manager = dataSource.createQueryRunner().manager;
    expect(() => onCommit(() => {}, { manager })).toThrow(refused);
  });
});
