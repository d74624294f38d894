import type { Manager } from './receiver.js';

export type IsolationLevel =
  'READ UNCOMMITTED' | 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

export interface TransactionOptions {
  /**
   * Where a transaction of the same data source is open already: `nested` works in a savepoint of it,
   * `requiresNew` in a transaction of its own, on another connection, which commits or rolls back by
   * itself. Default: `nested`.
   */
  readonly propagation?: 'nested' | 'requiresNew';
  /**
   * Demands to be the outermost level, so that a return means committed
   * (Django: `atomic(durable=True)`).
   */
  readonly durable?: boolean;
  /** Of the outermost level; a savepoint cannot have one of its own. */
  readonly isolation?: IsolationLevel;
}

/** One data source, as the integration that owns it lends it to {@link Transactions}. */
export interface TransactionRunner {
  /** That of the transaction of the calling context, or else the data source's own. */
  readonly manager: unknown;
  run<T>(work: (manager: never) => Promise<T>, options?: TransactionOptions): Promise<T>;
}

/**
 * Thrown when a transaction is asked for and nobody can say on which data source: none is attached, none
 * of that name, or several and none is named.
 */
export class UnknownDataSourceError extends Error {
  override readonly name = 'UnknownDataSourceError';

  constructor(asker: string, wanted: string | undefined, known: readonly string[]) {
    super(`${asker} ${reasonOf(wanted, known)}`);
  }
}

/**
 * The transactions of an application, injectable wherever `SignalsModule` is imported.
 *
 * ```ts
 * await this.transactions.run(async () => {
 *   await this.transactions.manager.save(order);
 *   await this.signals.send(orderPaid, { orderId: order.id });
 * });
 * ```
 */
export class Transactions {
  constructor(
    private readonly runners: ReadonlyMap<string, TransactionRunner>,
    private readonly dataSource?: string,
    private readonly asker = 'Transactions',
  ) {}

  /**
   * Inside `run`, in the same context, the manager of the transaction; outside, that of the data source.
   * To be asked for where it is used, not kept.
   *
   * @throws UnknownDataSourceError
   */
  get manager(): Manager {
    return this.#runner().manager as Manager;
  }

  /**
   * Runs `work` in a transaction, which commits when `work` returns and rolls back when it throws. Nested
   * calls are savepoints, unless `propagation` says otherwise. Callbacks registered with `onCommit` have
   * run when the outermost call returns.
   *
   * @param work is given the manager of its transaction, which `manager` is meanwhile.
   * @throws what `work` throws, unchanged; UnknownDataSourceError; what `atomic` throws.
   */
  async run<T>(work: (manager: Manager) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return this.#runner().run(work, options);
  }

  /**
   * Those of one of several data sources, by the name that `typeOrmSignals({ dataSources })` gives it.
   *
   * @param asker what asks, for errors.
   */
  of(dataSource: string | undefined, asker?: string): Transactions {
    return new Transactions(this.runners, dataSource, asker);
  }

  #runner(): TransactionRunner {
    const [only, ...others] = this.runners.values();
    const runner =
      this.dataSource === undefined
        ? others.length === 0 && only
        : this.runners.get(this.dataSource);
    if (runner) return runner;
    throw new UnknownDataSourceError(this.asker, this.dataSource, [...this.runners.keys()]);
  }
}

function reasonOf(wanted: string | undefined, known: readonly string[]): string {
  if (known.length === 0) {
    return (
      'needs a data source, and none is attached: typeOrmSignals() is missing in ' +
      'SignalsModule.forRoot({ integrations }), or the application has not been initialized, or has been closed.'
    );
  }
  const attached = known.map((name) => `'${name}'`).join(', ');
  return wanted === undefined
    ? `needs to know which data source is meant, as several are attached: ${attached}. Name one: ` +
        `transactions.of('${known[0]}'), @Transactional({ dataSource: '${known[0]}' }).`
    : `asks for the data source '${wanted}', which is not attached: ${attached}. Names are those of ` +
        'typeOrmSignals({ dataSources }).';
}
