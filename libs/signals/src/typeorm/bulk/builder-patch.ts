import type { DataSource, EntityMetadata, QueryRunner } from 'typeorm';
import { attachedSignals, isAttached, type AttachedSignals } from '../attached-signals.js';
import { adminOf, type AnySignal } from '../../core/index.js';
import { bypassChannel } from '../../diagnostics/index.js';
import { tellingBypass } from './bypassing-writes.js';
import {
  postBulk,
  preBulk,
  type BulkOperation,
  type PostBulk,
  type PreBulk,
} from './bulk-signals.js';
import { dataSourceOf, type PartOfDataSource } from '../internals.js';
import { countingRows } from '../sql/awaited-answer.js';
import { currentOperation } from '../models/instance-operation.js';
import { writtenParts } from '../sql/written-sql.js';
import { refusalBeside } from '../transactions/writes-beside.js';

/** What is used of TypeORM's query builders that write, public and not. */
interface WritingBuilder extends PartOfDataSource {
  queryRunner: QueryRunner | undefined;
  readonly expressionMap: {
    readonly queryType: string;
    readonly callListeners: boolean;
    readonly onConflict?: unknown;
    readonly onUpdate?: unknown;
    readonly onIgnore?: unknown;
    readonly valuesSet?: unknown;
    readonly mainAlias?: { readonly hasMetadata: boolean; readonly metadata: EntityMetadata };
  };
  execute: (this: WritingBuilder) => Promise<unknown>;
  getQueryAndParameters(): [string, unknown[]];
}

const instrumented = new WeakSet<object>();

/**
 * Sends bulk signals for the writing query builders, on which `update`, `delete` and their like are
 * built. TypeORM's events tell neither criteria nor affected rows, so `execute` of the builders is
 * wrapped, once in a process; builders of data sources without signals run as before.
 */
export function instrumentBuilders(dataSource: DataSource): void {
  const builder = dataSource.createQueryBuilder();
  const writing = [builder.insert(), builder.update(), builder.delete(), builder.softDelete()];
  for (const { constructor } of writing) {
    const prototype = constructor.prototype as WritingBuilder;
    if (instrumented.has(prototype)) continue;
    instrumented.add(prototype);
    const execute = prototype.execute;
    prototype.execute = function executeAndTell(this: WritingBuilder): Promise<unknown> {
      const attached = attachedSignals(dataSourceOf(this));
      if (attached.length === 0) return execute.call(this);
      const refusal = refusalOf(this);
      if (refusal) return Promise.reject(refusal);
      const sender = senderOf(this);
      const listeners = sender ? attached.filter((each) => isHeard(sender, each)) : [];
      const run = () =>
        sender && listeners.length > 0
          ? runAndTell(this, execute, listeners, sender)
          : execute.call(this);
      return bypassChannel.hasSubscribers ? telling(this, attached, run) : run();
    };
  }
}

function refusalOf(builder: WritingBuilder): Error | undefined {
  const { queryRunner, expressionMap } = builder;
  return refusalBeside(dataSourceOf(builder), queryRunner, () => {
    const { mainAlias } = expressionMap;
    const table = mainAlias?.hasMetadata ? mainAlias.metadata.name : 'a table';
    return `${operationOf(expressionMap)}() of ${table}`;
  });
}

function telling<T>(
  { expressionMap, queryRunner }: WritingBuilder,
  attached: readonly AttachedSignals[],
  run: () => T,
): T {
  const { callListeners, mainAlias } = expressionMap;
  if (!callListeners || !mainAlias?.hasMetadata) return run();
  const operation = operationOf(expressionMap);
  const write = { operation, columns: columnsIn(expressionMap.valuesSet, mainAlias.metadata) };
  return tellingBypass(write, mainAlias.metadata, queryRunner, attached, run);
}

/** With those that TypeORM sets by itself. Undefined where the statement sets none by name. */
function columnsIn(values: unknown, metadata: EntityMetadata): readonly string[] | undefined {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return undefined;
  const { updateDateColumn, versionColumn } = metadata;
  const own = [updateDateColumn, versionColumn].flatMap((column) => column?.propertyPath ?? []);
  return [...Object.keys(values), ...own];
}

/** Whose rows are written. Parts of a save have listeners switched off. */
function senderOf({ expressionMap }: WritingBuilder): string | Function | undefined {
  const { callListeners, mainAlias } = expressionMap;
  if (!callListeners || !mainAlias?.hasMetadata) return undefined;
  const { metadata } = mainAlias;
  if (metadata.isJunction || metadata.tableType === 'closure-junction') return undefined;
  return isKeptByTypeOrm(metadata) ? undefined : metadata.target;
}

/** TypeORM keeps the paths of a tree in step while it saves, by writes of this kind. */
function isKeptByTypeOrm({ treeType }: EntityMetadata): boolean {
  return treeType !== undefined && currentOperation() !== undefined;
}

function isHeard(sender: string | Function, { signals }: AttachedSignals): boolean {
  return (
    adminOf(signals).hasReceivers(preBulk, sender) ||
    adminOf(signals).hasReceivers(postBulk, sender)
  );
}

/** Outside a transaction the statement gets one of its own, so that a failing receiver undoes it. */
async function runAndTell(
  builder: WritingBuilder,
  execute: () => Promise<unknown>,
  listeners: readonly AttachedSignals[],
  sender: string | Function,
): Promise<unknown> {
  const { queryRunner } = builder;
  if (!queryRunner?.isTransactionActive) {
    return (queryRunner ?? dataSourceOf(builder)).manager.transaction(async (inner) => {
      builder.queryRunner = inner.queryRunner;
      try {
        return await runAndTell(builder, execute, listeners, sender);
      } finally {
        builder.queryRunner = queryRunner;
      }
    });
  }
  const { manager } = queryRunner;
  const { event, head } = describe(builder);
  const tell = async (signal: AnySignal, payload: Omit<PreBulk, 'using'>) => {
    for (const listener of listeners) {
      const { signals, using } = listener;
      if (!isAttached(dataSourceOf(queryRunner), listener)) continue;
      await signals.send(signal, { ...payload, using }, { sender, manager });
    }
  };
  await tell(preBulk, event);
  const [result, rows] = await countingRows(queryRunner, head, () => execute.call(builder));
  const affected = rows ?? affectedBy(result);
  const told: Omit<PostBulk, 'using'> = { ...event, affected };
  await tell(postBulk, told);
  return result;
}

/** @returns also how the statement begins that will be sent. */
function describe(builder: WritingBuilder): {
  readonly event: Omit<PreBulk, 'using'>;
  readonly head: string;
} {
  const [sql, parameters] = builder.getQueryAndParameters();
  const { expressionMap } = builder;
  const { head, criteria } = writtenParts(sql);
  const operation = operationOf(expressionMap);
  return {
    event: { operation, criteria, parameters, values: expressionMap.valuesSet },
    head,
  };
}

function operationOf({
  queryType,
  onConflict,
  onUpdate,
  onIgnore,
}: WritingBuilder['expressionMap']): BulkOperation {
  if (queryType === 'insert') return onConflict || onUpdate || onIgnore ? 'upsert' : 'insert';
  return queryType === 'soft-delete' ? 'softDelete' : (queryType as BulkOperation);
}

/** What TypeORM passes on of PostgreSQL's answer. */
function affectedBy(result: unknown): number | undefined {
  const { affected } = new Object(result) as { readonly affected?: unknown };
  return typeof affected === 'number' ? affected : undefined;
}
