import { AsyncLocalStorage } from 'node:async_hooks';
import { EntityManager } from 'typeorm';
import { callSite } from '../core/diagnostics/call-site.js';
import { INSTANCE_OPERATIONS } from '../typeorm/models/instance-operation.js';

const callers = new AsyncLocalStorage<string | undefined>();

/** Where somebody began what is being done; known, too, of a call that nobody awaits. */
export function begunAt(): string | undefined {
  return callSite() ?? callers.getStore();
}

/**
 * The calls of a manager that begin transactions, which remember their callers: a stack leads back to
 * those alone that await.
 */
export function rememberingCallers(manager: EntityManager): object {
  const names = ['transaction', ...INSTANCE_OPERATIONS] as const;
  const calls = names.map((name) => [
    name,
    (...args: unknown[]): unknown => {
      const call = EntityManager.prototype[name] as (...given: unknown[]) => unknown;
      return callers.run(callSite(), () => call.apply(manager, args));
    },
  ]);
  return Object.fromEntries(calls) as object;
}
