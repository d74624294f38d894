import { DataSource, EntitySchema } from 'typeorm';
import { Signals } from '../libs/signals/dist/core/index.js';
import { atomic, onCommit, postSave, typeOrmSignals } from '../libs/signals/dist/typeorm/index.js';
import { throwAwayPostgres } from '../scripts/embedded-postgres/index.mjs';
import { compare, print } from './support/compare.mjs';

class Note {}
class Trace {}
const columns = {
  id: { type: 'int', primary: true, generated: true },
  text: { type: 'text' },
};
const entities = [
  new EntitySchema({ name: 'Note', target: Note, columns }),
  new EntitySchema({ name: 'Trace', target: Trace, columns }),
];
const server = await throwAwayPostgres();

/** @param {(signals: Signals) => void} [connect] undefined: no library at all */
async function open(connect) {
  const dataSource = await new DataSource({
    type: 'postgres',
    url: server.url,
    entities,
    poolSize: 2,
  }).initialize();
  if (connect) {
    const signals = new Signals();
    typeOrmSignals({ dataSources: { default: dataSource } }).attach({
      signals,
      onError: console.error,
      resolve: () => undefined,
    });
    connect(signals);
  }
  return dataSource;
}

const note = () => Object.assign(new Note(), { text: 'a note' });
const notes = (count) => Array.from({ length: count }, note);

try {
  const bare = await open();
  await bare.synchronize();
  const unheard = await open(
    (signals) => void signals.connect(postSave, () => {}, { sender: Trace }),
  );
  const heard = await open((signals) => {
    signals.connect(postSave, (_, { manager }) => manager.insert(Trace, { text: 'seen' }), {
      sender: Note,
    });
  });
  const atomicSource = await open(() => {});

  print(
    'save() of one row: median, min, max',
    await compare(
      {
        'no subscriber': () => bare.manager.save(note()),
        'signals, no receiver of the entity': () => unheard.manager.save(note()),
      },
      { slice: 1_000 },
    ),
    'no subscriber',
  );

  print(
    'save() of one row that leaves a trace in its transaction',
    await compare(
      {
        'called explicitly': () =>
          bare.transaction(async (manager) => {
            await manager.save(note());
            await manager.insert(Trace, { text: 'seen' });
          }),
        'by a receiver in the transaction': () => heard.manager.save(note()),
      },
      { slice: 1_000 },
    ),
    'called explicitly',
  );

  print(
    'a transaction with one statement',
    await compare(
      {
        'dataSource.transaction': () =>
          bare.transaction((manager) => manager.insert(Note, { text: 'a' })),
        'atomic with one onCommit': () =>
          atomic(atomicSource, (manager) => {
            onCommit(() => {});
            return manager.insert(Note, { text: 'a' });
          }),
      },
      { slice: 1_000 },
    ),
    'dataSource.transaction',
  );

  const bulk = { slice: 1, batch: 1 };
  print(
    'save() of 10,000 rows',
    await compare(
      {
        'no subscriber': () => bare.manager.save(notes(10_000), { chunk: 1_000 }),
        'signals, no receiver of the entity': () =>
          unheard.manager.save(notes(10_000), { chunk: 1_000 }),
      },
      bulk,
    ),
    'no subscriber',
  );
  for (const dataSource of [bare, unheard, heard, atomicSource]) await dataSource.destroy();
} finally {
  await server.stop();
}
