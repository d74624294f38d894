import type { DataSource } from 'typeorm';
import type { DurableInfo } from '../../integration/index.js';

/** Connections that attempts leave to claims, hints, the inbox, their own callbacks, and the application. */
const LEFT = 4;
/** One for an attempt, and one for what it asks for beside its transaction. */
const LEAST = 2;

/** Thrown at start when the pool of the data source is too small for any durable receiver. */
export class PoolTooSmallError extends Error {
  override readonly name = 'PoolTooSmallError';

  constructor(size: number) {
    super(
      `The pool of the data source has ${size} connection, and a durable receiver that asks the database ` +
        'beside its transaction would wait for its own for ever. Give the data source a poolSize of ' +
        `${LEAST} at least, better of the concurrency of all durable receivers and ${LEFT}; or this process ` +
        'workers: false.',
    );
  }
}

/**
 * The part of a pool that attempts may hold at a time, whichever application of the process they belong
 * to. Without it they would take all connections, and wait for one more each, for ever.
 */
export class ConnectionShare {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(readonly size: number) {
    this.#free = Math.max(1, size - LEFT);
  }

  /** Settled once there is one to hold; answers what gives it back. */
  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    };
  }
}

/** What TypeORM's driver has, and does not declare. With replication, `master` writes. */
interface PostgresDriver {
  readonly master?: { readonly options?: { readonly max?: unknown } };
}

const shares = new WeakMap<object, ConnectionShare>();

/** Undefined for a pool whose size is not known. */
export function shareOf({ driver }: DataSource): ConnectionShare | undefined {
  const { master } = driver as unknown as PostgresDriver;
  const size = master?.options?.max;
  if (!master || typeof size !== 'number') return undefined;
  let share = shares.get(master);
  if (!share) shares.set(master, (share = new ConnectionShare(size)));
  return share;
}

/**
 * Looks at the pool before any receiver runs: warns where it lets fewer attempts run at a time than the
 * receivers would.
 *
 * @throws PoolTooSmallError
 */
export function checkPool(
  dataSource: DataSource,
  receivers: Iterable<Pick<DurableInfo, 'concurrency' | 'effect'>>,
): void {
  const size = shareOf(dataSource)?.size;
  let wanted = 0;
  for (const { concurrency, effect } of receivers) if (effect === 'database') wanted += concurrency;
  if (size === undefined || wanted === 0) return;
  if (size < LEAST) throw new PoolTooSmallError(size);
  if (wanted + LEFT <= size) return;
  process.emitWarning(
    `The durable receivers of this process may run ${wanted} deliveries at a time, but the pool of the data ` +
      `source has ${size} connections, of which ${LEFT} are left to others: ` +
      `${Math.max(1, size - LEFT)} run at a time. A poolSize of ${wanted + LEFT} lets all of them.`,
    'SignalsWarning',
  );
}
