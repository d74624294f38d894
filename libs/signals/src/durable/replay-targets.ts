import type { ReceiverInfo, Signals } from '../index.js';
import type { DeadLetter } from './dead-letter.js';
import type { KnownReceivers } from './known-receivers.js';

/** Thrown when a dead letter is replayed to a receiver that cannot take it. */
export class ReplayTargetError extends Error {
  override readonly name = 'ReplayTargetError';
}

/** Knows where dead letters can be replayed to. */
export class ReplayTargets {
  constructor(
    private readonly known: KnownReceivers,
    private readonly signals: Signals,
  ) {}

  /** The durable receivers of a signal in this process. */
  of(signal: string): readonly ReceiverInfo[] {
    return this.signals.list().filter((info) => info.durable && info.signal === signal);
  }

  /**
   * The letters that have somewhere to go; with a receiver where it is another one.
   *
   * @throws ReplayTargetError
   */
  async homesOf(
    letters: readonly DeadLetter[],
    to: string | undefined,
  ): Promise<ReadonlyMap<DeadLetter, ReceiverInfo | undefined>> {
    if (to !== undefined) return new Map(letters.map((dead) => [dead, this.#demand(dead, to)]));
    const alive = await this.known.alive();
    const homes = letters.filter(({ receiver }) => alive.has(receiver));
    return new Map(homes.map((dead) => [dead, undefined]));
  }

  #demand({ id, delivery, key }: DeadLetter, to: string): ReceiverInfo {
    if (!delivery) throw new ReplayTargetError(`The dead letter ${id} cannot be read.`);
    const receivers = this.of(delivery.signal);
    const found = receivers.find(({ dispatchUid }) => dispatchUid === to);
    if (!found) {
      const names = receivers.map(({ dispatchUid }) => dispatchUid).join(', ') || 'none';
      throw new ReplayTargetError(
        `'${to}' is no durable receiver of '${delivery.signal}' in this process. There are: ${names}.`,
      );
    }
    if (found.durable?.isOrdered && key === undefined) {
      throw new ReplayTargetError(`'${to}' has an order, and the dead letter ${id} has no key.`);
    }
    return found;
  }
}
