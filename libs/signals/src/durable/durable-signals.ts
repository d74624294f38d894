import { DataSource } from 'typeorm';
import type { IntegrationHost, SignalsIntegration } from '../index.js';
import { findAddressees, type Addressee } from './addressees.js';
import { DeadLetters } from './dead-letters.js';
import { countDeliveries, type DeliveryCounts } from './delivery-counts.js';
import { DeliveryWriter } from './delivery-writer.js';
import { DurableNotStartedError } from './durable-not-started.error.js';
import { durableReceivers } from './durable-receivers.js';
import { Engine } from './engine.js';
import { Hints } from './hints.js';
import { KnownReceivers } from './known-receivers.js';
import {
  pendingDeliveries,
  type PendingDelivery,
  type PendingState,
} from './pending-deliveries.js';
import { ReplayTargets } from './replay-targets.js';
import { WorkerProcess } from './worker-process.js';

export interface DurableSignalsOptions {
  /**
   * The data source whose transactions carry deliveries: the object itself, or the token under which
   * the application's container knows it. Default: the one of `TypeOrmModule.forRoot()`.
   */
  readonly dataSource?: unknown;
  /** The schema of the engine's tables, made at start where it is missing. Default: `signals`. */
  readonly schema?: string;
  /** Whether this process runs durable receivers, too, or only sends to them. Default: true. */
  readonly workers?: boolean;
  /**
   * How often workers look for deliveries that no hint told them of, in milliseconds, 500 at least.
   * Default: 2,000.
   */
  readonly pollInterval?: number;
  /**
   * Whether to prepare statements under a name, which saves parsing. Off for a pooler that hands
   * connections on between transactions and does not know of it. Default: true.
   */
  readonly prepareStatements?: boolean;
  /**
   * How long deliveries wait for a receiver that no process has before they become dead letters, in
   * milliseconds: longer than a deployment takes. Default: ten minutes.
   */
  readonly receiverGrace?: number;
}

const DEFAULT_SCHEMA = 'signals';

/** What is to be known of the engine by those who ask whether the process is well. */
export interface DurableHealth {
  /** Whether deliveries can be written. */
  readonly isStarted: boolean;
  /** Whether this process runs durable receivers. */
  readonly hasWorkers: boolean;
  /** Whether workers hear of new deliveries at once; if not, they find them by looking. */
  readonly isListening: boolean;
}

/**
 * Keeps deliveries to durable receivers in PostgreSQL, on pg-boss, and runs the receivers.
 *
 * ```ts
 * SignalsModule.forRoot({ integrations: [typeOrmSignals(), durableSignals()] })
 * ```
 *
 * Each running delivery takes a connection of the data source's pool, or two: let it have as many as
 * the concurrency of all durable receivers together, and four. Hints come by a connection beside it.
 */
export function durableSignals(options: DurableSignalsOptions = {}): DurableSignals {
  return new DurableSignals(options);
}

export class DurableSignals implements SignalsIntegration {
  readonly name = 'durable';
  readonly isDurable = true;
  readonly #options: DurableSignalsOptions;
  #parts: Parts | undefined;

  constructor(options: DurableSignalsOptions) {
    this.#options = options;
  }

  attach(host: IntegrationHost): Disposable {
    const parts = assemble(host, this.#options);
    this.#parts = parts;
    const used = host.signals.useDeliveries(parts.writer);
    return {
      [Symbol.dispose]: () => {
        used[Symbol.dispose]();
        if (this.#parts === parts) this.#parts = undefined;
      },
    };
  }

  async start(): Promise<void> {
    const { engine, host, known } = this.#attached;
    const receivers = durableReceivers(host.signals.list());
    await engine.start(receivers);
    await known.announce([...receivers.keys()]);
  }

  async work(): Promise<void> {
    await this.#attached.process?.start();
  }

  async stop(deadline: number): Promise<void> {
    const { engine, hints, process } = this.#attached;
    hints.close();
    await process?.stop();
    await engine.stop(deadline);
  }

  /** What failed for good. */
  get deadLetters(): DeadLetters {
    return this.#attached.deadLetters;
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
    return this.#attached.known.paused();
  }

  /** Whether this process takes deliveries to a receiver at present. */
  isRunning(dispatchUid: string): boolean {
    return this.#parts?.process?.isRunning(dispatchUid) ?? false;
  }

  /** How many deliveries are not done, and how long they wait; cheap enough to be asked often. */
  counts(): Promise<DeliveryCounts> {
    const { dataSource, schema } = this.#attached.engine;
    return countDeliveries(dataSource, schema);
  }

  /**
   * Whom the deliveries in a database are for that are not done, with those that are dead: what a
   * release compares with the receivers that it has. Asks by this data source alone, and needs
   * neither an application nor a start.
   */
  addressees(dataSource: DataSource): Promise<readonly Addressee[]> {
    return findAddressees(dataSource, this.#options.schema ?? DEFAULT_SCHEMA);
  }

  /** Deliveries that are not done and that nobody works on, the next one first; 200 at most. */
  pending(state: PendingState): Promise<readonly PendingDelivery[]> {
    return pendingDeliveries(this.#attached.engine, state);
  }

  health(): DurableHealth {
    const process = this.#parts?.process;
    return {
      isStarted: this.#parts?.engine.isStarted ?? false,
      hasWorkers: process !== undefined,
      isListening: process?.isListening ?? false,
    };
  }

  async #setPaused(dispatchUid: string, isPaused: boolean): Promise<void> {
    const { known, hints, process } = this.#attached;
    await known.pause(dispatchUid, isPaused);
    await process?.followPauses();
    hints.pausesChanged();
  }

  get #attached(): Parts {
    if (!this.#parts) throw new DurableNotStartedError();
    return this.#parts;
  }
}

interface Parts {
  readonly host: IntegrationHost;
  readonly engine: Engine;
  readonly hints: Hints;
  readonly known: KnownReceivers;
  readonly writer: DeliveryWriter;
  readonly deadLetters: DeadLetters;
  /** Undefined in a process that only sends. */
  readonly process: WorkerProcess | undefined;
}

function assemble(host: IntegrationHost, options: DurableSignalsOptions): Parts {
  const { schema = DEFAULT_SCHEMA, workers = true, pollInterval = 2_000 } = options;
  const { dataSource: token = DataSource, prepareStatements: prepare = true } = options;
  const { receiverGrace = 600_000 } = options;
  const dataSource = token instanceof DataSource ? token : (host.resolve(token) as DataSource);
  const { onError } = host;
  const engine = new Engine(dataSource, { schema, prepare, supervises: workers, onError });
  const hints = new Hints(dataSource, schema, onError);
  const known = new KnownReceivers(dataSource, schema, receiverGrace);
  return {
    host,
    engine,
    hints,
    known,
    writer: new DeliveryWriter(engine, hints, host.signals),
    deadLetters: new DeadLetters(engine, hints, new ReplayTargets(known, host.signals)),
    process: workers ? new WorkerProcess(engine, host, known, pollInterval / 1_000) : undefined,
  };
}
