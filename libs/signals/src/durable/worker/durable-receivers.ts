import { ReceiverDeclarationError, type ReceiverInfo } from '../../core/index.js';
import type { DurableInfo } from '../../integration/index.js';
import { DEAD_LETTERS } from '../engine/queues.js';

/**
 * The durable receivers of an application by their id, under which their deliveries are kept. One id
 * on several signals is one receiver, with one queue.
 *
 * @throws ReceiverDeclarationError when an id cannot name a queue, or its declarations differ.
 */
export function durableReceivers(
  receivers: readonly ReceiverInfo[],
): ReadonlyMap<string, DurableInfo> {
  const found = new Map<string, DurableInfo>();
  for (const { dispatchUid, durable } of receivers) {
    if (!durable) continue;
    refuseName(dispatchUid);
    const other = found.get(dispatchUid);
    if (other && JSON.stringify(other) !== JSON.stringify(durable)) {
      throw new ReceiverDeclarationError(
        `The durable receivers called '${dispatchUid}' have different options, but share their ` +
          'deliveries. Give each its own dispatchUid, or all the same options.',
      );
    }
    found.set(dispatchUid, durable);
  }
  return found;
}

function refuseName(dispatchUid: string): void {
  const isReserved = dispatchUid === DEAD_LETTERS || dispatchUid.startsWith('__pgboss__');
  if (/^[\w./-]+$/.test(dispatchUid) && !isReserved) return;
  throw new ReceiverDeclarationError(
    `'${dispatchUid}' cannot be the dispatchUid of a durable receiver: ` +
      (isReserved
        ? 'the name is taken by the job engine.'
        : 'letters, digits, underscores, hyphens, periods and slashes are allowed.'),
  );
}
