import type { DataSource } from 'typeorm';
import type { DurableInfo } from '../index.js';

/** For claims, hints, the ledger, and the application itself. */
const BESIDE = 4;

/** Thrown at start when the pool of the data source is too small for the durable receivers. */
export class PoolTooSmallError extends Error {
  override readonly name = 'PoolTooSmallError';

  constructor(attempts: number, size: number) {
    super(
      `The durable receivers of this process run ${attempts} deliveries at a time and need ` +
        `${attempts + BESIDE} connections with the ${BESIDE} beside them, but the pool of the data source ` +
        `has ${size}: all would wait for each other for ever. Give the data source a poolSize of ` +
        `${attempts + BESIDE}, receivers less concurrency, or this process workers: false.`,
    );
  }
}

/** What TypeORM's driver has, and does not declare. With replication, `master` writes. */
interface PostgresDriver {
  readonly master?: { readonly options?: { readonly max?: unknown } };
}

/** How many attempts at a time the applications of this process run on a pool. */
const demands = new WeakMap<object, number>();

/**
 * Reserves connections of the pool for what these receivers run at a time.
 *
 * @returns what gives them back.
 * @throws PoolTooSmallError
 */
export function reserveConnections(
  { driver }: DataSource,
  receivers: Iterable<Pick<DurableInfo, 'concurrency'>>,
): Disposable {
  const { master } = driver as unknown as PostgresDriver;
  let own = 0;
  for (const { concurrency } of receivers) own += concurrency;
  const size = master?.options?.max;
  if (own === 0 || master === undefined || typeof size !== 'number') {
    return { [Symbol.dispose]: () => {} };
  }
  const all = (demands.get(master) ?? 0) + own;
  if (all + BESIDE > size) throw new PoolTooSmallError(all, size);
  demands.set(master, all);
  let isReserved = true;
  return {
    [Symbol.dispose]: () => {
      if (isReserved) demands.set(master, (demands.get(master) ?? own) - own);
      isReserved = false;
    },
  };
}
