import type { DataSource } from 'typeorm';
import { adminOf } from '../core/index.js';
import { nameOfSender } from '../integration/index.js';
import { allAttachedSignals } from './attached-signals.js';
import { sentByEntities } from './sent-by-entities.js';

/** Tells when receivers wait for model signals of an entity, and a data source that nobody attached has it. */
export function warnOfUnheard(dataSource: DataSource): void {
  if (!dataSource.isInitialized) return;
  const missed = allAttachedSignals()
    .flatMap(({ signals }) => adminOf(signals).connections())
    .find(
      ({ signal, sender }) =>
        sentByEntities.has(signal) &&
        dataSource.entityMetadatas.some(({ target }) => sender === target),
    );
  if (!missed) return;
  process.emitWarning(
    `A data source is used that no typeOrmSignals() names, and it has ${nameOfSender(missed.sender)}: ` +
      `'${missed.receiver.dispatchUid}' and others that wait for model signals do not hear of it. ` +
      'Attach it: typeOrmSignals({ dataSources }).',
    'SignalsWarning',
  );
}
