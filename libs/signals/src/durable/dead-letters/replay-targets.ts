import { adminOf, type ReceiverInfo, type Signals } from '../../core/index.js';
import type { DeadLetterGroup } from './dead-letter-search.js';
import type { ReceiverHeartbeats } from '../worker/receiver-heartbeats.js';

/** Thrown when a dead letter is replayed to a receiver that cannot take it. */
export class ReplayTargetError extends Error {
  override readonly name = 'ReplayTargetError';
}

/** Knows where dead letters can be replayed to. */
export class ReplayTargets {
  constructor(
    private readonly known: ReceiverHeartbeats,
    private readonly signals: Signals,
  ) {}

  /** The durable receivers of a signal in this process; all of them for a signal that it does not know. */
  of(signal: string): readonly ReceiverInfo[] {
    const isKnown = adminOf(this.signals)
      .signals()
      .some(({ name }) => name === signal);
    return adminOf(this.signals)
      .list()
      .filter((info) => info.durable && (info.signal === signal || !isKnown));
  }

  /** The receivers that some process has known lately: letters of others have nowhere to go. */
  alive(): Promise<ReadonlySet<string>> {
    return this.known.alive();
  }

  /**
   * The receiver that letters are to be replayed to.
   *
   * @throws ReplayTargetError when it cannot take them.
   */
  demand({ id, signal, isReadable, hasKey }: DeadLetterGroup, to: string): ReceiverInfo {
    if (!isReadable || signal === null) {
      throw new ReplayTargetError(`The dead letter ${id} cannot be read.`);
    }
    const receivers = this.of(signal);
    const found = receivers.find(({ dispatchUid }) => dispatchUid === to);
    if (!found) {
      const names = receivers.map(({ dispatchUid }) => dispatchUid).join(', ') || 'none';
      throw new ReplayTargetError(
        `'${to}' is no durable receiver of '${signal}' in this process. There are: ${names}.`,
      );
    }
    if (found.durable?.isOrdered && !hasKey) {
      throw new ReplayTargetError(`'${to}' has an order, and the dead letter ${id} has no key.`);
    }
    return found;
  }
}
