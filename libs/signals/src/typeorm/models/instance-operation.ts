import { ambient, surrounded } from '../transactions/ambient-store.js';
import { siteWhenWanted } from '../../index.js';

/** The four calls that carry instances; every other write passes model signals by. */
export const INSTANCE_OPERATIONS = ['save', 'remove', 'softRemove', 'recover'] as const;

/** A call of the entity manager that is under way and to which model signals belong. */
export interface InstanceOperation {
  readonly name: (typeof INSTANCE_OPERATIONS)[number];
  /** What the call was given: one instance or several. */
  readonly origin: unknown;
  /** Whether the caller said, by `{ data: { raw: true } }`, that the values are to be taken as they are. */
  readonly raw: boolean;
  /** What is to be done when the call fails. */
  readonly failures: (() => void)[];
  /** Who called, when somebody asked for sites. */
  readonly site: string | undefined;
}

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
