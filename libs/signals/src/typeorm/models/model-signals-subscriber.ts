import type {
  EntityManager,
  EntityMetadata,
  EntitySubscriberInterface,
  InsertEvent,
  ObjectLiteral,
  QueryRunner,
  RecoverEvent,
  RemoveEvent,
  SoftRemoveEvent,
  UpdateEvent,
} from 'typeorm';
import { adminOf, type AnySignal } from '../../core/index.js';
import { hostOf } from '../../integration/index.js';
import { sentFrom } from '../../diagnostics/index.js';
import { isAttached, type AttachedSignals } from '../attached-signals.js';
import { dataSourceOf } from '../internals.js';
import { currentOperation, duringOperation } from './instance-operation.js';
import { InstanceView } from './instance-view.js';
import { insertEvent, removalEvent, updateEvent, type ModelEventOrigin } from './model-events.js';
import {
  postDelete,
  postRestore,
  postSave,
  postSoftDelete,
  preDelete,
  preRestore,
  preSave,
  preSoftDelete,
} from './model-signals.js';
import { announceRemoval, ReversedSends } from './removal-order.js';
import { inTurn } from './runner-queue.js';
import { rememberInstance, restoreWhenUndone } from './undone-removals.js';

interface EntityEvent {
  readonly entity?: ObjectLiteral | undefined;
  readonly metadata: EntityMetadata;
  readonly queryRunner: QueryRunner;
  readonly manager: EntityManager;
}

type Removal =
  RemoveEvent<ObjectLiteral> | SoftRemoveEvent<ObjectLiteral> | RecoverEvent<ObjectLiteral>;

/** The signal that follows on each, once its statement has run. */
const AFTER: ReadonlyMap<AnySignal, AnySignal> = new Map<AnySignal, AnySignal>([
  [preSave, postSave],
  [preDelete, postDelete],
  [preSoftDelete, postSoftDelete],
  [preRestore, postRestore],
]);

/**
 * Sends model signals for what TypeORM tells of a data source: for instances that `save`, `remove`,
 * `softRemove` and `recover` write, never for rows of join tables, for bulk statements, or for
 * children whose parent lets go of them without their being loaded.
 */
export class ModelSignalsSubscriber implements EntitySubscriberInterface {
  readonly #attached: AttachedSignals;
  /** By the row that TypeORM has read for a save, and by the instance. */
  readonly #views = new WeakMap<ObjectLiteral, WeakMap<ObjectLiteral, InstanceView>>();
  readonly #reversed = new ReversedSends();

  constructor(attached: AttachedSignals) {
    this.#attached = attached;
  }

  beforeInsert(event: InsertEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendFor(preSave, event, (origin) => insertEvent(event, origin));
  }

  afterInsert(event: InsertEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendFor(postSave, event, (origin) => insertEvent(event, origin));
  }

  beforeUpdate(event: UpdateEvent<ObjectLiteral>): Promise<void> | undefined {
    const view = this.#viewOf(event);
    return this.#sendForUpdate(preSave, event, view, () => view?.takeOver());
  }

  afterUpdate(event: UpdateEvent<ObjectLiteral>): Promise<void> | undefined {
    const { entity, databaseEntity } = event as Partial<typeof event>;
    const view = entity && databaseEntity && this.#views.get(databaseEntity)?.get(entity);
    return this.#sendForUpdate(postSave, event, view);
  }

  beforeRemove(event: RemoveEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendBefore(preDelete, event, idColumns);
  }

  afterRemove(event: RemoveEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendAfter(postDelete, event, idColumns);
  }

  beforeSoftRemove(event: SoftRemoveEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendBefore(preSoftDelete, event, markColumns);
  }

  afterSoftRemove(event: SoftRemoveEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendAfter(postSoftDelete, event, markColumns);
  }

  beforeRecover(event: RecoverEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendBefore(preRestore, event, markColumns);
  }

  afterRecover(event: RecoverEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendAfter(postRestore, event, markColumns);
  }

  /** Made before the save, also for receivers after it: by then TypeORM has filled the instance. */
  #viewOf(event: UpdateEvent<ObjectLiteral>): InstanceView | undefined {
    const { signals } = this.#attached;
    const { target } = event.metadata;
    const { entity, databaseEntity } = event as Partial<typeof event>;
    const isHeard =
      adminOf(signals).hasReceivers(preSave, target) ||
      adminOf(signals).hasReceivers(postSave, target);
    if (!entity || !databaseEntity || !isHeard) return undefined;
    const view = InstanceView.of(entity, databaseEntity, event.metadata);
    if (!view) return undefined;
    const views = this.#views.get(databaseEntity) ?? new WeakMap<ObjectLiteral, InstanceView>();
    this.#views.set(databaseEntity, views.set(entity, view));
    return view;
  }

  /** Without the row, the update is one of TypeORM's own statements and not about an instance. */
  #sendForUpdate(
    signal: AnySignal,
    event: UpdateEvent<ObjectLiteral>,
    view: InstanceView | undefined,
    sent?: () => void,
  ): Promise<void> | undefined {
    const { entity, databaseEntity } = event as Partial<typeof event>;
    if (!entity || !databaseEntity) return undefined;
    const describe = (origin: ModelEventOrigin) => {
      view?.refresh();
      return updateEvent(event, view?.shown ?? entity, origin);
    };
    return this.#sendFor(signal, event, describe, sent);
  }

  #sendBefore(signal: AnySignal, event: Removal, columnsOf: ColumnsOf): Promise<void> | undefined {
    const operation = currentOperation();
    const { entity } = event;
    if (entity && operation) {
      rememberInstance({ entity, columns: columnsOf(event.metadata) });
      announceRemoval(operation, entity);
    }
    return this.#sendForRemoval(signal, event);
  }

  #sendAfter(signal: AnySignal, event: Removal, columnsOf: ColumnsOf): Promise<void> | undefined {
    const operation = currentOperation();
    const { entity, metadata, queryRunner } = event;
    if (entity && operation) {
      restoreWhenUndone({ entity, columns: columnsOf(metadata) }, operation, queryRunner);
    }
    return this.#sendForRemoval(signal, event);
  }

  /** Without an id there is nothing to remove, which TypeORM is about to find out. */
  #sendForRemoval(signal: AnySignal, event: Removal): Promise<void> | undefined {
    const { databaseEntity, entityId } = event as Partial<typeof event>;
    const entity = event.entity ?? databaseEntity;
    if (entityId === undefined && databaseEntity === undefined) return undefined;
    const known: EntityEvent = { ...event, entity };
    return this.#sendFor(signal, known, (origin) => removalEvent(event, origin));
  }

  #sendFor(
    signal: AnySignal,
    event: EntityEvent,
    describe: (origin: ModelEventOrigin) => object,
    sent?: () => void,
  ): Promise<void> | undefined {
    const { entity, metadata, queryRunner, manager } = event;
    if (!entity || metadata.isJunction || metadata.tableType.endsWith('junction')) return undefined;
    const { signals, using } = this.#attached;
    const sender = metadata.target;
    const operation = currentOperation();
    if (!operation) return undefined;
    const after = AFTER.get(signal);
    if (after && !queryRunner.isTransactionActive) {
      try {
        // What comes after the statement is refused before it.
        hostOf(signals).refuseOutsideTransaction(after, sender, manager);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    if (!adminOf(signals).hasReceivers(signal, sender)) return undefined;
    const send = async () => {
      if (!isAttached(dataSourceOf(queryRunner), this.#attached)) return;
      const payload = describe({ using, operation });
      await sentFrom(operation.site, () => signals.send(signal, payload, { sender, manager }));
      sent?.();
    };
    const work = REVERSED.has(signal) ? this.#reversed.add(operation, entity, send) : send;
    if (!work) return undefined;
    const turn = inTurn(queryRunner, operation, () => duringOperation(undefined, work));
    // TypeORM awaits it, unless a later subscriber throws synchronously.
    turn.catch(() => {});
    return turn;
  }
}

type ColumnsOf = (metadata: EntityMetadata) => EntityMetadata['columns'];

/** What TypeORM takes off an instance that is removed. */
const idColumns: ColumnsOf = ({ primaryColumns }) => primaryColumns;

/** What TypeORM sets on an instance that is softly removed or recovered. */
const markColumns: ColumnsOf = ({ deleteDateColumn, updateDateColumn, versionColumn }) =>
  [deleteDateColumn, updateDateColumn, versionColumn].filter((column) => column !== undefined);

const REVERSED: ReadonlySet<AnySignal> = new Set<AnySignal>([postDelete, postSoftDelete]);
