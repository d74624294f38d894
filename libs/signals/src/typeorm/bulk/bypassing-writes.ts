import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityMetadata, QueryRunner } from 'typeorm';
import { adminOf, type AnySignal, type Sender, type Signals } from '../../core/index.js';
import { couldMeet, type Connection, type UntoldWrite } from '../../integration/index.js';
import {
  bypassChannel,
  currentCause,
  siteWhenWanted,
  type BypassTrace,
} from '../../diagnostics/index.js';
import { attachedSignals, type AttachedSignals } from '../attached-signals.js';
import { postBulk, preBulk, type BulkOperation } from './bulk-signals.js';
import { dataSourceOf, type AfterQueryEvent } from '../internals.js';
import { currentOperation } from '../models/instance-operation.js';
import {
  postDelete,
  postRestore,
  postSave,
  postSoftDelete,
  preDelete,
  preRestore,
  preSave,
  preSoftDelete,
} from '../models/model-signals.js';
import { transactionOf } from '../transactions/runner-transaction.js';
import { writtenTables } from '../sql/written-sql.js';

const SAVED: readonly AnySignal[] = [preSave, postSave];
/** What the same write would have sent, had it carried instances. */
const PASSED_BY: Readonly<Record<BulkOperation, readonly AnySignal[]>> = {
  insert: SAVED,
  upsert: SAVED,
  update: SAVED,
  delete: [preDelete, postDelete],
  softDelete: [preSoftDelete, postSoftDelete],
  restore: [preRestore, postRestore],
};

/** Whether a save in the place of the write would have inserted; undefined where that is not known. */
const CREATES: Readonly<Partial<Record<BulkOperation, boolean>>> = { insert: true, update: false };

interface BypassingWrite extends UntoldWrite {
  readonly operation: BulkOperation;
}

/** Such an insert may update. */
const ON_CONFLICT = /\bon\s+conflict\b/i;

const builders = new AsyncLocalStorage<true>();

/** Runs a statement of a query builder and tells when it writes past receivers of its entity. */
export function tellingBypass<T>(
  { operation, columns }: Omit<BypassingWrite, 'created'>,
  { target }: EntityMetadata,
  queryRunner: QueryRunner | undefined,
  attached: readonly AttachedSignals[],
  execute: () => T,
): T {
  if (!currentOperation())
    tell(
      'bulk',
      target,
      { operation, columns, created: CREATES[operation] },
      queryRunner,
      attached,
    );
  return builders.run(true, execute);
}

/** Tells of a statement that somebody wrote by hand. Those of TypeORM run in a call of its own. */
export function traceRawWrite({ query, success, queryRunner }: AfterQueryEvent): void {
  if (!success || builders.getStore() || currentOperation()) return;
  const dataSource = dataSourceOf(queryRunner);
  const attached = attachedSignals(dataSource);
  if (attached.length === 0) return;
  for (const { verb, table } of writtenTables(query)) {
    const metadata = metadataOf(table, dataSource);
    const created = ON_CONFLICT.test(query) ? undefined : CREATES[verb];
    const write = { operation: verb, columns: undefined, created };
    if (metadata) tell('raw', metadata.target, write, queryRunner, attached);
  }
}

function tell(
  by: BypassTrace['by'],
  sender: Sender,
  write: BypassingWrite,
  queryRunner: QueryRunner | undefined,
  attached: readonly AttachedSignals[],
): void {
  for (const { signals } of attached) tellOne(by, sender, write, queryRunner, signals);
}

function tellOne(
  by: BypassTrace['by'],
  sender: Sender,
  write: BypassingWrite,
  queryRunner: QueryRunner | undefined,
  signals: Signals,
): void {
  const ofSender = adminOf(signals)
    .connections()
    .filter((expectation) => names(expectation, sender));
  // Whoever hears bulk writes of the entity knows of this one; of SQL nobody hears.
  const isHeard = ofSender.some(({ signal }) => signal === preBulk || signal === postBulk);
  if (by === 'bulk' && isHeard) return;
  const { operation } = write;
  const missed = ofSender
    .filter(({ signal, when }) => PASSED_BY[operation].includes(signal) && couldMeet(when, write))
    .map(({ receiver }) => receiver);
  if (missed.length === 0) return;
  const transaction = queryRunner && transactionOf(queryRunner);
  const trace: BypassTrace = {
    application: signals,
    by,
    sender,
    operation,
    missed,
    place: transaction?.isOpen ? transaction.place : undefined,
    site: siteWhenWanted(),
    cause: currentCause(),
  };
  bypassChannel.publish(trace);
}

/** Receivers of every sender are left out: nobody said that they want this entity. */
function names({ sender: wanted, receiver }: Connection, sender: Sender): boolean {
  if (wanted === undefined) return false;
  if (wanted === sender) return true;
  if (typeof sender === 'string') return false;
  if (typeof wanted === 'string') return wanted === sender.name;
  return receiver.includeSubclasses && Object.prototype.isPrototypeOf.call(wanted, sender);
}

function metadataOf(table: string, { entityMetadatas }: DataSource): EntityMetadata | undefined {
  return entityMetadatas.find(
    ({ tablePath, tableName }) => tablePath === table || tableName === table,
  );
}
