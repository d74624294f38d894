import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Configuration } from '../platform/index.js';

const HOUR_MS = 60 * 60_000;
const BATCH = 5_000;

/** Forgets what the audit log has kept long enough, in every process that runs durable receivers. */
@Injectable()
export class AuditRetention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AuditRetention.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(
    private readonly configuration: Configuration,
    private readonly dataSource: DataSource,
  ) {}

  onApplicationBootstrap(): void {
    if (this.configuration.workers) this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Deletes entries that are too old, batch by batch, so that no transaction is long; answers how many. */
  async prune(): Promise<number> {
    let pruned = 0;
    let last: number;
    do {
      last = await this.pruneBatch();
      pruned += last;
    } while (last === BATCH && !this.isClosed);
    return pruned;
  }

  private async run(): Promise<void> {
    try {
      await this.prune();
    } catch (error) {
      if (!this.isClosed) this.logger.error(error);
    }
    if (this.isClosed) return;
    this.timer = setTimeout(() => (this.running = this.run()), HOUR_MS).unref();
  }

  /** Other processes take other entries. */
  private async pruneBatch(): Promise<number> {
    const [, count] = await this.dataSource.query<[unknown, number]>(
      `DELETE FROM audit_entries WHERE id IN (
         SELECT id FROM audit_entries WHERE at < now() - $1 * interval '1 day'
         LIMIT $2 FOR UPDATE SKIP LOCKED
       )`,
      [this.configuration.auditKeptDays, BATCH],
    );
    return count;
  }
}
