import { DataSource, EntityManager } from 'typeorm';
import {
  ReceiverDeclarationError,
  adminOf,
  type AnySignal,
  type Sender,
  type Signals,
} from '../core/index.js';
import {
  hostOf,
  attachAll,
  type IntegrationHost,
  type IntegrationSession,
  type SignalsIntegration,
  type TransactionSource,
} from '../integration/index.js';
import { attachSignals, type AttachedSignals } from './attached-signals.js';
import { watchTransactions } from './transactions/watch.js';
import { instrumentBuilders } from './bulk/builder-patch.js';
import { instrumentDataSources } from './data-source-patch.js';
import { keepSubscriber } from './kept-subscribers.js';
import { LinkSignalsSubscriber } from './many-to-many/m2m-subscriber.js';
import { ModelSignalsSubscriber } from './models/model-signals-subscriber.js';
import { sentByEntities } from './sent-by-entities.js';
import { findTransaction } from './transactions/find-transaction.js';
import { awaitInCallback } from './transactions/running-callback.js';
import { assertSupported } from './supported.js';
import { runnerOf } from './transactions/transactions-of.js';
import { unfinishedTransactions } from './transactions/unfinished-transactions.js';
import type { WritesBesidePolicy } from './transactions/writes-beside.js';

export interface TypeOrmSignalsOptions {
  /**
   * The data sources by the name that receivers see as `using`: the objects themselves, or the
   * tokens under which the application's container knows them.
   * Default: the one of `TypeOrmModule.forRoot()`, as `default`.
   */
  readonly dataSources?: Readonly<Record<string, unknown>>;
  /**
   * What to do when something is about to be written beside the transaction that is open where it is
   * called, as by a repository that was injected: refuse it with `WriteBesideTransactionError`, warn,
   * or let it pass. Default: `error`.
   */
  readonly writesBeside?: WritesBesidePolicy;
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
    attach: (host) => new TypeOrmSession(host, tokens, options.writesBeside),
  };
}

type Tokens = NonNullable<TypeOrmSignalsOptions['dataSources']>;

class TypeOrmSession implements IntegrationSession {
  readonly #signals: Signals;
  readonly #dataSources: readonly DataSource[];
  readonly #attached: Disposable;
  readonly transactions: IntegrationSession['transactions'] & object;

  constructor(host: IntegrationHost, tokens: Tokens, writesBeside?: WritesBesidePolicy) {
    const { signals, onError } = host;
    const named = Object.entries(tokens).map(([using, token]) => ({
      using,
      dataSource: token instanceof DataSource ? token : (host.resolve(token) as DataSource),
    }));
    this.#signals = signals;
    this.transactions = Object.fromEntries(
      named.map(({ using, dataSource }) => [using, runnerOf(dataSource)]),
    );
    this.#dataSources = named.map(({ dataSource }) => dataSource);
    const initialized = () => this.#checkSenders();
    this.#attached = attachAll([
      ...named.map(
        ({ dataSource, using }) =>
          () =>
            attach(dataSource, { signals, onError, using, writesBeside, initialized }),
      ),
      () => hostOf(signals).useTransactions(sourceOf(this.#dataSources)),
    ]);
  }

  /** What a data source has that is not initialized yet, nobody knows: it is checked when it is. */
  validateSender(signal: AnySignal, sender: Sender): string | undefined {
    if (
      !sentByEntities.has(signal) ||
      this.#dataSources.some((source) => !source.isInitialized || knows(source, sender))
    ) {
      return undefined;
    }
    return 'it is no entity of an attached data source';
  }

  [Symbol.dispose](): void {
    this.#attached[Symbol.dispose]();
  }

  #checkSenders(): void {
    for (const expectation of adminOf(this.#signals).connections()) {
      const { signal, sender } = expectation;
      const objection = sender !== undefined && this.validateSender(signal, sender);
      if (objection) throw ReceiverDeclarationError.neverHeard(expectation, objection);
    }
  }
}

function attach(dataSource: DataSource, attached: AttachedSignals): Disposable {
  assertSupported(dataSource);
  return attachAll([
    () => attachSignals(dataSource, attached),
    () => instrument(dataSource),
    () => keepSubscriber(dataSource, new ModelSignalsSubscriber(attached)),
    () => keepSubscriber(dataSource, new LinkSignalsSubscriber(attached)),
  ]);
}

/** Stays for the life of the data source, as what watches its transactions does. */
function instrument(dataSource: DataSource): Disposable {
  watchTransactions(dataSource);
  instrumentDataSources(dataSource);
  instrumentBuilders(dataSource);
  return { [Symbol.dispose]: () => {} };
}

function sourceOf(dataSources: readonly DataSource[]): TransactionSource {
  return {
    find: (manager) => findTransaction(manager as EntityManager | undefined),
    defaultManager: dataSources.length === 1 ? dataSources[0]?.manager : undefined,
    isEntity: ({ constructor }) => dataSources.some((source) => source.hasMetadata(constructor)),
    awaitInCallback,
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
