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
import { sentFrom, type AnySignal } from '../index.js';
import type { AttachedSignals } from './attached-signals.js';
import { currentOperation, duringOperation } from './instance-operation.js';
import {
  completeInstance,
  insertEvent,
  removalEvent,
  updateEvent,
  type ModelEventOrigin,
} from './model-events.js';
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
import { inTurn } from './serial-lane.js';

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

  constructor(attached: AttachedSignals) {
    this.#attached = attached;
  }

  beforeInsert(event: InsertEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendFor(preSave, event, (origin) => insertEvent(event, origin));
  }

  afterInsert(event: InsertEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendFor(postSave, event, (origin) => insertEvent(event, origin));
  }

  /** Completes the instance for receivers after the save too: by then TypeORM has filled it. */
  beforeUpdate(event: UpdateEvent<ObjectLiteral>): Promise<void> | undefined {
    const { signals } = this.#attached;
    const { target } = event.metadata;
    const { entity, databaseEntity } = event as Partial<typeof event>;
    if (
      entity &&
      databaseEntity &&
      (signals.hasReceivers(preSave, target) || signals.hasReceivers(postSave, target))
    ) {
      completeInstance(entity, databaseEntity, event.metadata);
    }
    return this.#sendForUpdate(preSave, event);
  }

  afterUpdate(event: UpdateEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendForUpdate(postSave, event);
  }

  beforeRemove(event: RemoveEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendForRemoval(preDelete, event);
  }

  afterRemove(event: RemoveEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendForRemoval(postDelete, event);
  }

  beforeSoftRemove(event: SoftRemoveEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendForRemoval(preSoftDelete, event);
  }

  afterSoftRemove(event: SoftRemoveEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendForRemoval(postSoftDelete, event);
  }

  beforeRecover(event: RecoverEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendForRemoval(preRestore, event);
  }

  afterRecover(event: RecoverEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#sendForRemoval(postRestore, event);
  }

  /** Without the row, the update is one of TypeORM's own statements and not about an instance. */
  #sendForUpdate(signal: AnySignal, event: UpdateEvent<ObjectLiteral>): Promise<void> | undefined {
    const { databaseEntity } = event as { databaseEntity?: ObjectLiteral };
    return databaseEntity && this.#sendFor(signal, event, (origin) => updateEvent(event, origin));
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
        signals.refuseOutsideTransaction(after, sender, manager);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    if (!signals.hasReceivers(signal, sender)) return undefined;
    const sent = inTurn(queryRunner, operation, () =>
      duringOperation(undefined, () => {
        const payload = describe({ using, operation });
        return sentFrom(operation.site, () => signals.send(signal, sender, payload, { manager }));
      }),
    );
    // TypeORM awaits it, unless a later subscriber throws synchronously.
    sent.catch(() => {});
    return sent;
  }
}
