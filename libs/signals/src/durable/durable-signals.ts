import type { DataSource } from 'typeorm';
import type { Signals } from '../core/index.js';
import type { IntegrationHost, SignalsIntegration } from '../integration/index.js';
import { receiverBacklogs, type ReceiverBacklog } from './engine/addressees.js';
import type { DeadLetters } from './dead-letters/dead-letters.js';
import type { DeliveryCounts } from './engine/delivery-counts.js';
import { DurableNotStartedError } from './durable-not-started.error.js';
import { DurableSession, type DurableHealth } from './durable-session.js';
import { DEFAULT_SCHEMA, type DurableSignalsOptions } from './durable-signals-options.js';
import type { PendingDelivery, PendingState } from './engine/pending-deliveries.js';
import { checkedSchema } from './engine/schema-name.js';
import { SeveralApplicationsError } from './several-applications.error.js';

/**
 * Keeps deliveries to durable receivers in PostgreSQL, on pg-boss, and runs the receivers.
 *
 * ```ts
 * SignalsModule.forRoot({ integrations: [typeOrmSignals(), durableSignals()] })
 * ```
 *
 * Running deliveries hold all but four connections of the data source's pool at most: let it have as many
 * as the concurrency of all durable receivers together, and four. Hints come by a connection beside it.
 *
 * @throws SchemaNameError
 */
export function durableSignals(options: DurableSignalsOptions = {}): DurableSignals {
  return new DurableSignals(options);
}

/**
 * What `durableSignals()` answers: an integration, and the way to the deliveries of the application
 * that it is attached to. Where one object serves several applications of a process, ask for the one
 * that is meant by {@link of}; the methods that name none throw SeveralApplicationsError then, and
 * DurableNotStartedError where there is no application at all.
 */
export class DurableSignals implements SignalsIntegration {
  readonly name = 'durable';
  readonly isDurable = true;
  readonly #options: DurableSignalsOptions;
  readonly #sessions = new Map<Signals, DurableSession>();

  constructor(options: DurableSignalsOptions) {
    this.#options = { ...options, schema: checkedSchema(options.schema ?? DEFAULT_SCHEMA) };
  }

  attach(host: IntegrationHost): DurableSession {
    const { signals } = host;
    const session = new DurableSession(host, this.#options, () => this.#sessions.delete(signals));
    this.#sessions.set(signals, session);
    return session;
  }

  /**
   * The deliveries of one application.
   *
   * @param application its `Signals`, as injected or as `app.get(Signals)`.
   * @throws DurableNotStartedError when it is not attached to that application.
   */
  of(application: Signals): DurableSession {
    const session = this.#sessions.get(application);
    if (!session) throw new DurableNotStartedError();
    return session;
  }

  /** What failed for good. */
  get deadLetters(): DeadLetters {
    return this.#only.deadLetters;
  }

  /** Lets deliveries to a receiver wait, in all processes; those under way are finished. */
  async pause(dispatchUid: string): Promise<void> {
    await this.#only.pause(dispatchUid);
  }

  async resume(dispatchUid: string): Promise<void> {
    await this.#only.resume(dispatchUid);
  }

  /** The receivers whose deliveries wait. */
  async paused(): Promise<ReadonlySet<string>> {
    return this.#only.paused();
  }

  /** Whether this process takes deliveries to a receiver at present. */
  isRunning(dispatchUid: string): boolean {
    return this.#sole?.isRunning(dispatchUid) ?? false;
  }

  /** How many deliveries are not done, and how long they wait; cheap enough to be asked often. */
  async counts(): Promise<DeliveryCounts> {
    return this.#only.counts();
  }

  /** Deliveries that are not done and that nobody works on, the next one first; 200 at most. */
  async pending(state: PendingState): Promise<readonly PendingDelivery[]> {
    return this.#only.pending(state);
  }

  health(): DurableHealth {
    const nothing = { isStarted: false, hasWorkers: false, isListening: false };
    return this.#sole?.health() ?? nothing;
  }

  /**
   * Whom the deliveries in a database are for that are not done, with those that are dead: what a
   * release compares with the receivers that it has. Asks by this data source alone, and needs
   * neither an application nor a start.
   */
  addressees(dataSource: DataSource): Promise<readonly ReceiverBacklog[]> {
    return receiverBacklogs(dataSource, this.#options.schema ?? DEFAULT_SCHEMA);
  }

  get #only(): DurableSession {
    const session = this.#sole;
    if (!session) throw new DurableNotStartedError();
    return session;
  }

  /** Undefined without an application. */
  get #sole(): DurableSession | undefined {
    const [session, ...others] = this.#sessions.values();
    if (others.length > 0) throw new SeveralApplicationsError(this.#sessions.size);
    return session;
  }
}
