import { DataSource } from 'typeorm';
import { atomic, type AtomicOptions } from './atomic.js';
import { NoDataSourceError } from '../supported.js';
import { wrapMethod } from './wrap-method.js';

/** Thrown while a class is defined whose `@Atomic()` stands on something that cannot run in a transaction. */
export class AtomicDeclarationError extends Error {
  override readonly name = 'AtomicDeclarationError';
}

type AsyncMethod = (...args: never[]) => Promise<unknown>;

/**
 * Runs the method in {@link atomic} on the object's own `dataSource`; its manager is
 * `currentManager(this.dataSource)`.
 *
 * Stands above or below any other decorator of the method: what they have set on the method, such as
 * its route, guards, event or cron expression, holds for the method in its transaction. What Nest runs
 * around a handler (guards, interceptors, pipes, filters) runs outside the transaction.
 *
 * @throws AtomicDeclarationError while the class is defined, when it stands on no method or on a generator;
 * NoDataSourceError when the method is called on an object without a data source.
 */
export function Atomic(options: AtomicOptions = {}) {
  return function decorate<M extends AsyncMethod>(
    owner: object,
    method: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void {
    const original = methodIn(owner, method, descriptor) as unknown as AnyMethod;
    descriptor.value = wrapMethod(original, async (self, args) =>
      atomic(dataSourceOf(self, owner, method), () => original.apply(self, args), options),
    ) as unknown as M;
  };
}

type AnyMethod = (this: unknown, ...args: unknown[]) => Promise<unknown>;

/** Types refuse most of what is refused here, but not in JavaScript, and not what is `any`. */
function methodIn<M>(
  owner: object,
  method: string | symbol | undefined,
  descriptor: TypedPropertyDescriptor<M> | undefined,
): M {
  const value = typeof descriptor === 'object' ? descriptor.value : undefined;
  if (typeof value !== 'function') {
    const what = method === undefined ? 'it stands on a class' : `${nameOf(owner, method)} is none`;
    throw new AtomicDeclarationError(`@Atomic() belongs on a method, and ${what}.`);
  }
  if (Object.prototype.toString.call(value).endsWith('GeneratorFunction]')) {
    throw new AtomicDeclarationError(
      `@Atomic() ${nameOf(owner, method ?? '')} is a generator: it works while its results are read, after ` +
        'its transaction would have ended. Call atomic() around the loop that reads them.',
    );
  }
  return value;
}

function dataSourceOf(self: unknown, owner: object, method: string | symbol): DataSource {
  const { dataSource } = (self ?? {}) as { readonly dataSource?: unknown };
  if (dataSource instanceof DataSource) return dataSource;
  throw new NoDataSourceError(
    `@Atomic() ${nameOf(owner, method)} needs a property 'dataSource' of the class that holds a ` +
      'DataSource: constructor(private readonly dataSource: DataSource).',
  );
}

/** A static method belongs to the class itself. */
function nameOf(owner: object, method: string | symbol): string {
  const name = typeof owner === 'function' ? owner.name : owner.constructor.name;
  return `${name}.${String(method)}`;
}
