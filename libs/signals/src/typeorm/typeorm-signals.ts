import { DataSource, EntityManager } from 'typeorm';
import type {
  AnySignal,
  IntegrationHost,
  Sender,
  SignalsIntegration,
  TransactionSource,
} from '../index.js';
import { attachSignals } from './attached-signals.js';
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
  return new TypeOrmSignals(options.dataSources ?? { default: DataSource });
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

class TypeOrmSignals implements SignalsIntegration {
  readonly name = 'typeorm';
  readonly sends = sentByEntities;
  readonly #tokens: Readonly<Record<string, unknown>>;
  #dataSources: readonly DataSource[] = [];

  constructor(tokens: Readonly<Record<string, unknown>>) {
    this.#tokens = tokens;
  }

  attach(host: IntegrationHost): Disposable {
    const attached: Disposable[] = [];
    const dataSources: DataSource[] = [];
    for (const [name, token] of Object.entries(this.#tokens)) {
      const dataSource = token instanceof DataSource ? token : (host.resolve(token) as DataSource);
      dataSources.push(dataSource);
      watchTransactions(dataSource, host.onError);
      const signals = { signals: host.signals, using: name };
      attached.push(
        attachSignals(dataSource, signals),
        silenceMigrations(dataSource, host.signals),
        addSubscriber(dataSource, new LinkSignalsSubscriber(signals)),
        addSubscriber(dataSource, new ModelSignalsSubscriber(signals)),
      );
      instrumentBuilders(dataSource);
    }
    this.#dataSources = dataSources;
    attached.push(host.signals.useTransactions(sourceOf(dataSources)));
    return {
      [Symbol.dispose]: () => {
        for (const attachment of attached) attachment[Symbol.dispose]();
      },
    };
  }

  objectionTo(signal: AnySignal, sender: Sender): string | undefined {
    if (!sentByEntities.has(signal) || this.#dataSources.some((source) => knows(source, sender))) {
      return undefined;
    }
    return 'it is no entity of an attached data source';
  }
}

function sourceOf(dataSources: readonly DataSource[]): TransactionSource {
  return {
    find: (manager) => findTransaction(manager as EntityManager | undefined),
    defaultManager: dataSources.length === 1 ? dataSources[0]?.manager : undefined,
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
