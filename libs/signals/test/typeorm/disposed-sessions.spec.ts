import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource, MoreThan } from 'typeorm';
import { Signals } from 'nestjs-signals/core';
import {
  atomic,
  m2mChanged,
  postBulk,
  postSave,
  preBulk,
  preSave,
  manyToMany,
  typeOrmSignals,
} from 'nestjs-signals/typeorm';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { Label, Note } from '../support/labelled-notes.js';

const ALL = { preSave, postSave, preBulk, postBulk, m2mChanged };
const AFTER_COMMIT = { phase: 'afterCommit', dispatchUid: 'later' } as const;

describe('A session that is disposed', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  const sessions: Disposable[] = [];

  const open = (hear: (signals: Signals) => void) => {
    const signals = new Signals();
    hear(signals);
    const dataSources = { default: dataSource };
    const host = { signals, onError: () => {}, resolve: () => undefined };
    const session = typeOrmSignals({ dataSources }).attach(host);
    sessions.push(session);
    return session;
  };
  const save = (labels: Label[] = []) =>
    dataSource.manager.save(Object.assign(new Note(), { labels }));
  const labels = () => dataSource.manager.find(Label);

  beforeAll(async () => {
    database = await createDatabase();
    const { url } = database;
    dataSource = new DataSource({ type: 'postgres', url, entities: [Label, Note] });
    dataSource.setOptions({ synchronize: true });
    await dataSource.initialize();
    await dataSource.manager.save(Label, {});
    await save();
  });
  afterEach(() => {
    for (const session of sessions.splice(0)) session[Symbol.dispose]();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it.each([
    ['preSave', 'a save', () => save()],
    ['postSave', 'a save', () => save()],
    ['postSave', 'a save in a transaction', () => atomic(dataSource, (m) => m.save(Note, {}))],
    ['m2mChanged', 'a save with links', async () => save(await labels())],
    [
      'm2mChanged',
      'a call of relation',
      async () => {
        const note = await save();
        await manyToMany(dataSource, note, 'labels').add(...(await labels()));
      },
    ],
    [
      'preBulk',
      'an update',
      () => dataSource.manager.update(Note, { id: MoreThan(0) }, { text: 'a' }),
    ],
  ] as const)(
    'at %s of %s hears nothing more of it, and nothing before its commit',
    async (at, _, write) => {
      const heard: string[] = [];
      let second: Disposable | undefined;
      open((signals) => {
        const close = () => {
          second?.[Symbol.dispose]();
          heard.length = 0;
        };
        signals.connect(ALL[at] as typeof preSave, close, { sender: Note });
      });
      second = open((signals) => {
        for (const signal of Object.values(ALL) as (typeof preSave)[]) {
          signals.connect(signal, () => void heard.push(signal.name), { sender: Note });
        }
        const later = () => void heard.push('after the commit, or before it');
        signals.connect(ALL[at] as typeof preSave, later, { sender: Note, ...AFTER_COMMIT });
      });

      await write();

      expect(heard).toEqual([]);
    },
  );
});
