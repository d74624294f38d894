import { siteWhenWanted } from '../../diagnostics/index.js';
import { ambient, surrounded, type InstanceOperation } from '../transactions/ambient-store.js';

/** The four calls that carry instances; every other write passes model signals by. */
export const INSTANCE_OPERATIONS = [
  'save',
  'remove',
  'softRemove',
  'recover',
] as const satisfies readonly InstanceOperation['name'][];

export function currentOperation(): InstanceOperation | undefined {
  return ambient().operation;
}

/** Runs a call that removes instances. */
export async function undoneOnFailure(
  { failures }: InstanceOperation,
  call: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    for (const undo of failures.toReversed()) undo();
    throw error;
  }
}

export function duringOperation<T>(operation: InstanceOperation | undefined, work: () => T): T {
  return surrounded({ operation }, work);
}

/** Reads the arguments of `save(entity, options)` and `save(target, entity, options)` alike. */
export function describeOperation(
  name: InstanceOperation['name'],
  args: readonly unknown[],
): InstanceOperation {
  const [first, second, third] = args;
  const targeted = typeof first === 'function' || typeof first === 'string' || isSchema(first);
  const [origin, options] = targeted ? [second, third] : [first, second];
  return { name, origin, raw: isRaw(options), failures: [], site: siteWhenWanted() };
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '@instanceof' in value;
}

function isRaw(options: unknown): boolean {
  if (typeof options !== 'object' || options === null || !('data' in options)) return false;
  const { data } = options;
  return typeof data === 'object' && data !== null && 'raw' in data && data.raw === true;
}
