import { DataSource } from 'typeorm';
import { atomic, type AtomicOptions } from './atomic.js';

/** Thrown when a method is `@Atomic()` in a class that holds no data source. */
export class NoDataSourceError extends Error {
  override readonly name = 'NoDataSourceError';
}

type AsyncMethod = (...args: never[]) => Promise<unknown>;

/**
 * Runs the method in {@link atomic} on the object's own `dataSource`; its manager is
 * `currentManager(this.dataSource)`.
 *
 * @throws NoDataSourceError when the method is called on an object without one.
 */
export function Atomic(options: AtomicOptions = {}) {
  return function decorate<M extends AsyncMethod>(
    _prototype: object,
    method: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void {
    const original = descriptor.value as unknown as (...args: unknown[]) => Promise<unknown>;
    const wrapped = function (this: object, ...args: unknown[]): Promise<unknown> {
      return atomic(dataSourceOf(this, method), () => original.apply(this, args), options);
    };
    Object.defineProperty(wrapped, 'name', { value: method });
    descriptor.value = wrapped as unknown as M;
  };
}

function dataSourceOf(owner: object, method: string | symbol): DataSource {
  const dataSource: unknown = 'dataSource' in owner ? owner.dataSource : undefined;
  if (dataSource instanceof DataSource) return dataSource;
  throw new NoDataSourceError(
    `@Atomic() ${owner.constructor.name}.${String(method)} needs a property 'dataSource' of the ` +
      'class that holds a DataSource: constructor(private readonly dataSource: DataSource).',
  );
}
