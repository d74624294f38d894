import { DataSource } from 'typeorm';
import { adminOf } from '../core/index.js';
import {
  hostOf,
  guardedSink,
  type IntegrationHost,
  type IntegrationSession,
} from '../integration/index.js';
import { checkPool } from './engine/connection-share.js';
import { DeadLetters } from './dead-letters/dead-letters.js';
import { countDeliveries, type DeliveryCounts } from './engine/delivery-counts.js';
import { DeliveryWriter } from './outbox/delivery-writer.js';
import { durableReceivers } from './worker/durable-receivers.js';
import { DEFAULT_SCHEMA, type DurableSignalsOptions } from './durable-signals-options.js';
import { DataSourceNotInitializedError } from './durable-not-started.error.js';
import { Engine } from './engine/engine.js';
import { WakeUps } from './outbox/wake-ups.js';
import { ReceiverHeartbeats } from './worker/receiver-heartbeats.js';
import {
  pendingDeliveries,
  type PendingDelivery,
  type PendingState,
} from './engine/pending-deliveries.js';
import { ReplayTargets } from './dead-letters/replay-targets.js';
import { WorkerProcess } from './worker/worker-process.js';

/** What is to be known of the engine by those who ask whether the process is well. */
export interface DurableHealth {
  /** Whether deliveries can be written. */
  readonly isStarted: boolean;
  /** Whether this process runs durable receivers. */
  readonly hasWorkers: boolean;
  /** Whether workers hear of new deliveries at once; if not, they find them by looking. */
  readonly isListening: boolean;
}

/** The deliveries of one application: see {@link DurableSignals.of}. */
export class DurableSession implements IntegrationSession {
  /** What failed for good. */
  readonly deadLetters: DeadLetters;
  readonly #host: IntegrationHost;
  readonly #engine: Engine;
  readonly #hints: WakeUps;
  readonly #known: ReceiverHeartbeats;
  /** Undefined in a process that only sends. */
  readonly #process: WorkerProcess | undefined;
  readonly #used: Disposable;

  constructor(
    host: IntegrationHost,
    options: DurableSignalsOptions,
    private readonly onEnd: () => void,
  ) {
    const { schema = DEFAULT_SCHEMA, workers = true, pollInterval = 2_000 } = options;
    const { dataSource: token = DataSource, prepareStatements: prepare = true } = options;
    const { orphanTimeout = 600_000 } = options;
    const dataSource = token instanceof DataSource ? token : (host.resolve(token) as DataSource);
    const { signals } = host;
    const onError = guardedSink(host.onError);
    const guarded = { signals, onError, resolve: (wanted: unknown) => host.resolve(wanted) };
    const engine = new Engine(dataSource, { schema, prepare, supervises: workers, onError });
    const hints = new WakeUps(dataSource, schema, onError);
    const known = new ReceiverHeartbeats(engine, orphanTimeout);
    this.#host = host;
    this.#engine = engine;
    this.#hints = hints;
    this.#known = known;
    this.#process = workers
      ? new WorkerProcess(engine, guarded, known, pollInterval / 1_000)
      : undefined;
    this.deadLetters = new DeadLetters(engine, hints, new ReplayTargets(known, signals));
    this.#used = hostOf(signals).useOutbox(new DeliveryWriter(engine, hints, signals));
  }

  async start(): Promise<void> {
    if (!this.#engine.dataSource.isInitialized) throw new DataSourceNotInitializedError();
    const receivers = durableReceivers(adminOf(this.#host.signals).list());
    if (this.#process) checkPool(this.#engine.dataSource, receivers.values());
    await this.#engine.start(receivers);
    await this.#known.beat([...receivers.keys()]);
  }

  async ready(): Promise<void> {
    await this.#process?.start();
  }

  async stop(deadline: number): Promise<void> {
    this.#hints.close();
    try {
      await this.#process?.stop();
    } finally {
      await this.#engine.stop(deadline);
    }
  }

  [Symbol.dispose](): void {
    this.#used[Symbol.dispose]();
    this.onEnd();
  }

  /** Lets deliveries to a receiver wait, in all processes; those under way are finished. */
  async pause(dispatchUid: string): Promise<void> {
    await this.#setPaused(dispatchUid, true);
  }

  async resume(dispatchUid: string): Promise<void> {
    await this.#setPaused(dispatchUid, false);
  }

  /** The receivers whose deliveries wait. */
  paused(): Promise<ReadonlySet<string>> {
    return this.#known.paused();
  }

  /** Whether this process takes deliveries to a receiver at present. */
  isRunning(dispatchUid: string): boolean {
    return this.#process?.isRunning(dispatchUid) ?? false;
  }

  /** How many deliveries are not done, and how long they wait; cheap enough to be asked often. */
  counts(): Promise<DeliveryCounts> {
    return countDeliveries(this.#engine);
  }

  /** Deliveries that are not done and that nobody works on, the next one first; 200 at most. */
  pending(state: PendingState): Promise<readonly PendingDelivery[]> {
    return pendingDeliveries(this.#engine, state);
  }

  health(): DurableHealth {
    return {
      isStarted: this.#engine.isStarted,
      hasWorkers: this.#process !== undefined,
      isListening: this.#process?.isListening ?? false,
    };
  }

  async #setPaused(dispatchUid: string, isPaused: boolean): Promise<void> {
    await this.#known.pause(dispatchUid, isPaused);
    await this.#process?.followPauses();
    this.#hints.pausesChanged();
  }
}
