import { DataSource, EntityManager } from 'typeorm';
import {
  attachAll,
  type AnySignal,
  type IntegrationHost,
  type IntegrationSession,
  type Sender,
  type SignalsIntegration,
  type TransactionSource,
} from '../index.js';
import { attachSignals, type AttachedSignals } from './attached-signals.js';
import { addSubscriber, watchTransactions } from './attachment.js';
import { instrumentBuilders } from './bulk-statements.js';
import { LinkSignalsSubscriber } from './link-signals-subscriber.js';
import { ModelSignalsSubscriber } from './model-signals-subscriber.js';
import { postBulk, preBulk } from './bulk-signals.js';
import { m2mChanged } from './m2m-signals.js';
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
import { findTransaction } from './on-commit.js';
import { silenceMigrations } from './silent-migrations.js';
import { unfinishedTransactions } from './unfinished-transactions.js';

export interface TypeOrmSignalsOptions {
  /**
   * The data sources by the name that receivers see as `using`: the objects themselves, or the
   * tokens under which the application's container knows them.
   * Default: the one of `TypeOrmModule.forRoot()`, as `default`.
   */
  readonly dataSources?: Readonly<Record<string, unknown>>;
}

/**
 * Sends model signals for the entities of TypeORM data sources, and lets `send`, receivers and
 * callbacks find TypeORM's transactions.
 *
 * ```ts
 * SignalsModule.forRoot({ integrations: [typeOrmSignals()] })
 * ```
 */
export function typeOrmSignals(options: TypeOrmSignalsOptions = {}): SignalsIntegration {
  const tokens = options.dataSources ?? { default: DataSource };
  return {
    name: 'typeorm',
    sends: sentByEntities,
    attach: (host) => new TypeOrmSession(host, tokens),
  };
}

/** The signals whose senders are entities. */
const sentByEntities: ReadonlySet<AnySignal> = new Set<AnySignal>([
  preSave,
  postSave,
  preDelete,
  postDelete,
  preSoftDelete,
  postSoftDelete,
  preRestore,
  postRestore,
  m2mChanged,
  preBulk,
  postBulk,
]);

class TypeOrmSession implements IntegrationSession {
  readonly #dataSources: readonly DataSource[];
  readonly #attached: Disposable;

  constructor(host: IntegrationHost, tokens: Readonly<Record<string, unknown>>) {
    const named = Object.entries(tokens).map(([name, token]) => ({
      dataSource: token instanceof DataSource ? token : (host.resolve(token) as DataSource),
      attached: { signals: host.signals, using: name },
    }));
    this.#dataSources = named.map(({ dataSource }) => dataSource);
    this.#attached = attachAll([
      ...named.map(
        ({ dataSource, attached }) =>
          () =>
            attach(dataSource, attached, host),
      ),
      () => host.signals.useTransactions(sourceOf(this.#dataSources)),
    ]);
  }

  validateSender(signal: AnySignal, sender: Sender): string | undefined {
    if (!sentByEntities.has(signal) || this.#dataSources.some((source) => knows(source, sender))) {
      return undefined;
    }
    return 'it is no entity of an attached data source';
  }

  [Symbol.dispose](): void {
    this.#attached[Symbol.dispose]();
  }
}

function attach(
  dataSource: DataSource,
  attached: AttachedSignals,
  { signals, onError }: IntegrationHost,
): Disposable {
  watchTransactions(dataSource, onError);
  instrumentBuilders(dataSource);
  return attachAll([
    () => attachSignals(dataSource, attached),
    () => silenceMigrations(dataSource, signals),
    () => addSubscriber(dataSource, new LinkSignalsSubscriber(attached)),
    () => addSubscriber(dataSource, new ModelSignalsSubscriber(attached)),
  ]);
}

function sourceOf(dataSources: readonly DataSource[]): TransactionSource {
  return {
    find: (manager) => findTransaction(manager as EntityManager | undefined),
    defaultManager: dataSources.length === 1 ? dataSources[0]?.manager : undefined,
    isEntity: ({ constructor }) => dataSources.some((source) => source.hasMetadata(constructor)),
    unfinished: () => unfinishedTransactions(dataSources),
  };
}

/** An abstract base class is no entity itself, but `includeSubclasses` makes it a sender. */
function knows(dataSource: DataSource, sender: Sender): boolean {
  return dataSource.entityMetadatas.some(
    ({ target, name }) =>
      target === sender ||
      name === sender ||
      (typeof target === 'function' &&
        typeof sender === 'function' &&
        Object.prototype.isPrototypeOf.call(sender, target)),
  );
}
