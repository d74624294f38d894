import { Inject, Optional } from '@nestjs/common';
import { Transactions, type TransactionOptions } from '../core/index.js';
import { runningTransactions } from './attached-data-sources.js';
import { wrapMethod } from './wrap-method.js';

export interface TransactionalOptions extends TransactionOptions {
  /**
   * The name that `typeOrmSignals({ dataSources })` gives the data source. Only where several are attached.
   */
  readonly dataSource?: string;
}

/**
 * Thrown while a class is defined whose `@Transactional()` stands on something that cannot run in a
 * transaction, and when such a method is called on an object that belongs to no application.
 */
export class TransactionalError extends Error {
  override readonly name = 'TransactionalError';
}

type AsyncMethod = (...args: never[]) => Promise<unknown>;

/** Where Nest puts the transactions of the application that has made an instance. */
const INJECTED = Symbol('transactions');

/**
 * Runs the method in {@link Transactions.run} of the application that its object belongs to: the one
 * whose container has made the object, or else that of `Transactions` that the object holds, in
 * whatever property, or else the only one that runs in the process.
 *
 * Stands above or below any other decorator of the method: what they have set on the method, such as
 * its route, guards, event or cron expression, holds for the method in its transaction. What Nest runs
 * around a handler (guards, interceptors, pipes, filters) runs outside the transaction.
 *
 * @throws TransactionalError while the class is defined, when it stands on no method or on a generator, and
 * when the method is called on an object of no application; what `Transactions.run` throws.
 */
export function Transactional({ dataSource, ...options }: TransactionalOptions = {}) {
  return function decorate<M extends AsyncMethod>(
    owner: object,
    method: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void {
    const original = methodIn(owner, method, descriptor) as unknown as AnyMethod;
    const name = `@Transactional() ${nameOf(owner, method)}`;
    injectTransactions(owner);
    descriptor.value = wrapMethod(original, async (self, args) =>
      transactionsFor(self, name)
        .of(dataSource, name)
        .run(() => original.apply(self, args), options),
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
    throw new TransactionalError(`@Transactional() belongs on a method, and ${what}.`);
  }
  if (Object.prototype.toString.call(value).endsWith('GeneratorFunction]')) {
    throw new TransactionalError(
      `@Transactional() ${nameOf(owner, method ?? '')} is a generator: it works while its results are read, ` +
        'after its transaction would have ended. Call transactions.run() around the loop that reads them.',
    );
  }
  return value;
}

/** Once for a class and those that inherit from it. A static method belongs to no instance. */
function injectTransactions(prototype: object): void {
  if (typeof prototype === 'function' || INJECTED in prototype) return;
  Object.defineProperty(prototype, INJECTED, {
    configurable: true,
    // Invisible to whoever compares or prints instances.
    set(this: object, value: unknown) {
      Object.defineProperty(this, INJECTED, { value, configurable: true });
    },
  });
  Inject(Transactions)(prototype, INJECTED);
  Optional()(prototype, INJECTED);
}

function transactionsFor(self: unknown, name: string): Transactions {
  const held = (self ?? {}) as Readonly<Record<symbol, unknown>>;
  const injected = held[INJECTED] as Transactions | undefined;
  if (injected) return injected;
  const running = runningTransactions();
  const own = Object.values(held).filter((value) => value instanceof Transactions);
  const [one, ...others] = own.length > 0 ? own : running;
  if (one && others.length === 0) return one;
  throw new TransactionalError(
    one
      ? `${name} was called on an object that Nest has not made, so that it may belong to any of ` +
          `${running.length} applications. ${WAY_OUT}`
      : `${name} was called where no application with a data source runs. Import SignalsModule.forRoot({ ` +
          `integrations: [typeOrmSignals()] }) and await app.init(). In a unit test: ${WAY_OUT}`,
  );
}

const WAY_OUT =
  'Give the object the Transactions that are meant: constructor(private readonly transactions: Transactions), ' +
  'new Service(transactionsOf(dataSource)).';

/** A static method belongs to the class itself. */
function nameOf(owner: object, method: string | symbol): string {
  const name = typeof owner === 'function' ? owner.name : owner.constructor.name;
  return `${name}.${String(method)}`;
}
