import type { Job, JobResult } from 'pg-boss';
import type { Attempts } from './attempts.js';
import type { Engine } from '../engine/engine.js';
import { recordedFailure } from './recorded-failure.js';
import { readDelivery } from '../outbox/stored-delivery.js';

/**
 * Runs receivers that hand deliveries on to a broker: a batch at once and side by side, so that a
 * relay can pass it on in one go, while each delivery keeps its own outcome.
 */
export class RelayEffect {
  constructor(
    private readonly engine: Engine,
    private readonly attempts: Attempts,
  ) {}

  run(jobs: readonly Job[]): Promise<JobResult[]> {
    return Promise.all(jobs.map((job) => this.#relay(job)));
  }

  async #relay(job: Job): Promise<JobResult> {
    const { id } = job;
    try {
      const stored = readDelivery(job.data);
      await this.attempts.receive(job, stored, this.engine.dataSource.manager);
      return { id, status: 'completed' };
    } catch (error) {
      await this.attempts.failed(job, error);
      return { id, status: 'failed', output: recordedFailure(error) };
    }
  }
}
