import type { Job } from 'pg-boss';
import type { Attempts } from './attempts.js';
import type { Engine } from '../engine/engine.js';
import type { Inbox } from './inbox.js';
import { UnknownOutcomeError } from '../non-retryable.error.js';
import { isA } from './recorded-failure.js';
import { readDelivery, type StoredDelivery } from '../outbox/stored-delivery.js';
import type { UnknownOutcomePolicy } from '../../core/index.js';

/**
 * Runs receivers that do what no transaction can hold. The inbox is told before and after, each time
 * at once, so that a later attempt knows: it is done, it failed, or nobody knows.
 */
export class ExternalEffect {
  constructor(
    private readonly engine: Engine,
    private readonly attempts: Attempts,
    private readonly inbox: Inbox,
    private readonly onUnknownOutcome: UnknownOutcomePolicy | undefined,
  ) {}

  async run([job]: readonly Job[]): Promise<void> {
    if (!job) return;
    const { manager } = this.engine.dataSource;
    const stored = await this.#read(job);
    const { receiver, eventId } = stored;
    const known = await this.inbox.begin(receiver, eventId);
    if (known === 'done') return;
    try {
      // A replay is somebody's decision, taken after a look.
      const isUnknown = known === 'unknown' && stored.replayOf === undefined;
      if (isUnknown && this.onUnknownOutcome === 'dead-letter')
        throw new UnknownOutcomeError(receiver);
      await this.attempts.receive(job, stored, manager);
    } catch (error) {
      const isKnown = !job.signal.aborted && !isA(error, UnknownOutcomeError);
      if (isKnown) await this.inbox.end(receiver, eventId, 'failed');
      await this.attempts.failed(job, error);
      throw error;
    }
    await this.#complete(job, receiver, eventId);
  }

  async #read(job: Job): Promise<StoredDelivery> {
    try {
      return readDelivery(job.data);
    } catch (error) {
      await this.attempts.failed(job, error);
      throw error;
    }
  }

  /** The inbox and the delivery are done together. */
  async #complete(job: Job, receiver: string, eventId: string): Promise<void> {
    await this.engine.dataSource.transaction(async (manager) => {
      await this.inbox.end(receiver, eventId, 'done', manager);
      const db = this.engine.within(manager);
      await this.engine.boss.complete(job.name, job, null, { db });
    });
  }
}
