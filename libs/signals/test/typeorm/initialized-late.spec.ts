import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { DataSource, EventSubscriber } from 'typeorm';
import { AlreadyAttachedError, ReceiverDeclarationError, Signals } from 'nestjs-signals/core';
import { atomic, onCommit, postBulk, postSave, typeOrmSignals } from 'nestjs-signals/typeorm';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { Author, LogLine } from '../support/entities.js';

describe('A data source', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let signals: Signals;
  let ran: string[];
  const note = (text: string) => () => void ran.push(text);
  const attach = (source: DataSource, using = 'default') =>
    typeOrmSignals({ dataSources: { [using]: source } }).attach({
      signals,
      onError: () => {},
      resolve: () => undefined,
    });
  const make = () =>
    new DataSource({ type: 'postgres', url: database.url, entities: [LogLine], synchronize: true });
  const write = async (source: DataSource) => {
    ran = [];
    await source.manager.save(LogLine, { text: 'a' });
    await source.manager.update(LogLine, { text: 'a' }, { text: 'b' });
    await source.transaction(async () => {
      onCommit(note('committed'));
      ran.push('work');
    });
    return ran;
  };
  const everything = ['postSave', 'postBulk', 'work', 'committed'];
  const connect = () => {
    signals.connect(postSave, note('postSave'), { sender: LogLine });
    signals.connect(postBulk, note('postBulk'), { sender: LogLine });
  };

  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    signals = new Signals();
    dataSource = make();
  });
  afterEach(async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
  });

  it('is heard although it is attached before it is initialized, each time that it is', async () => {
    using session = attach(dataSource);
    connect();
    expect(session.validateSender?.(postSave, LogLine)).toBeUndefined();

    await dataSource.initialize();
    expect(await write(dataSource)).toEqual(everything);

    await dataSource.destroy();
    await dataSource.initialize();
    expect(await write(dataSource)).toEqual(everything);
  });

  it('lets a receiver veto after it was destroyed and initialized again', async () => {
    await dataSource.initialize();
    using _session = attach(dataSource);
    signals.connect(postSave, () => Promise.reject(new Error('refused')), { sender: LogLine });
    await dataSource.destroy();
    await dataSource.initialize();

    await expect(write(dataSource)).rejects.toThrow('refused');
  });

  it('keeps the subscribers of others behind those of the library, as TypeORM makes them', async () => {
    const heard: string[] = [];
    @EventSubscriber()
    class Own {
      afterInsert(): void {
        heard.push('own');
      }
    }
    dataSource.setOptions({ subscribers: [Own] });
    using _session = attach(dataSource);
    signals.connect(postSave, () => void heard.push('receiver'), { sender: LogLine });
    await dataSource.initialize();
    await dataSource.destroy();
    await dataSource.initialize();

    await dataSource.manager.save(LogLine, { text: 'a' });

    expect(heard.toSorted()).toEqual(['own', 'receiver']);
    expect(dataSource.subscribers.at(-1)).toBeInstanceOf(Own);
  });

  it('that turns out to lack the entity of a receiver does not initialize', async () => {
    using _session = attach(dataSource);
    signals.connect(postSave, note('never'), { sender: Author, dispatchUid: 'of authors' });

    const initializing = dataSource.initialize();

    await expect(initializing).rejects.toThrow(ReceiverDeclarationError);
    await expect(initializing).rejects.toThrow(
      "Receiver 'of authors' waits for 'model.postSave' of Author, which never comes: it is no " +
        'entity of an attached data source.',
    );
    expect(dataSource.isInitialized).toBe(false);
  });

  it('that comes and goes at run time leaves those that were there as they are', async () => {
    await dataSource.initialize();
    using _session = attach(dataSource);
    connect();
    const tenant = await make().initialize();
    {
      using _tenant = attach(tenant, 'tenant');
      expect(await write(tenant)).toEqual(everything);
      expect(await write(dataSource)).toEqual(everything);
    }
    expect(await write(tenant)).toEqual(['work', 'committed']);
    expect(await write(dataSource)).toEqual(everything);

    signals.connect(postSave, note('later'), { phase: 'afterCommit', dispatchUid: 'later' });
    ran = [];
    await atomic(dataSource, async (manager) => {
      await manager.save(LogLine, { text: 'a' });
      ran.push('work');
    });
    expect(ran).toEqual(['postSave', 'work', 'later']);
    await tenant.destroy();
  });

  it('that no application has is told of when receivers wait for an entity of it', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await dataSource.initialize();
    using _session = attach(dataSource);
    connect();
    const tenant = await make().initialize();

    await atomic(tenant, async () => {});
    await atomic(tenant, async () => {});

    const warnings = [...warn.mock.calls];
    warn.mockRestore();
    await tenant.destroy();
    expect(warnings).toEqual([
      [
        expect.stringMatching(
          /^A data source is used that no typeOrmSignals\(\) names, .* LogLine/,
        ),
        'SignalsWarning',
      ],
    ]);
  });

  it('is attached to an application once', () => {
    using _session = attach(dataSource);

    expect(() => attach(dataSource, 'again')).toThrow(AlreadyAttachedError);
    expect(() => attach(dataSource, 'again')).toThrow(
      "The data source 'again' is attached to this application already, as 'default': each model " +
        'signal would come twice. Name it in one typeOrmSignals(), once.',
    );
  });
});
