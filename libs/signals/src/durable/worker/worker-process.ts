import { adminOf } from '../../core/index.js';
import type { DurableInfo, IntegrationHost } from '../../integration/index.js';
import { Attempts } from './attempts.js';
import { DatabaseEffect } from './database-effect.js';
import { durableReceivers } from './durable-receivers.js';
import type { Engine } from '../engine/engine.js';
import { WakeUpListener } from './wake-up-listener.js';
import { PAUSES_CHANGED } from '../outbox/wake-ups.js';
import type { ReceiverHeartbeats } from './receiver-heartbeats.js';
import { Inbox } from './inbox.js';
import { OrphanSearch } from '../engine/orphans.js';
import { keepWhatHoldsKeys } from '../engine/held-keys.js';
import { RelayEffect } from './relay-effect.js';
import { IntervalTask } from './interval-task.js';
import { Workers } from './workers.js';

const MINUTE = 60_000;
const PAUSES_INTERVAL = 5_000;

/** What a process does that runs durable receivers. */
export class WorkerProcess {
  readonly #workers: Workers;
  readonly #listener: WakeUpListener;
  readonly #orphans: OrphanSearch;
  readonly #upkeep: readonly IntervalTask[];
  readonly #inbox: Inbox;
  /** Receivers that have been reported missing. */
  readonly #missed = new Set<string>();
  #receivers: ReadonlyMap<string, DurableInfo> = new Map();

  constructor(
    private readonly engine: Engine,
    private readonly host: IntegrationHost,
    private readonly known: ReceiverHeartbeats,
    pollingIntervalSeconds: number,
  ) {
    const { dataSource, schema } = engine;
    const { onError } = host;
    const attempts = new Attempts(engine, host, (name) => this.#receivers.get(name)?.retries);
    this.#inbox = new Inbox(engine);
    const effects = {
      attempts,
      inbox: this.#inbox,
      database: new DatabaseEffect(engine, attempts, this.#inbox),
      relay: new RelayEffect(engine, attempts),
    };
    this.#workers = new Workers(engine, effects, pollingIntervalSeconds);
    this.#orphans = new OrphanSearch(engine, known);
    this.#listener = new WakeUpListener(dataSource, schema, onError, (queues) =>
      this.#hear(queues),
    );
    this.#upkeep = [
      new IntervalTask(() => this.followPauses(), PAUSES_INTERVAL, onError, 'Pauses are not known'),
      new IntervalTask(
        () => this.#lookAfter(),
        Math.min(MINUTE, known.grace / 2),
        onError,
        'Looking after deliveries failed',
      ),
      new IntervalTask(
        (closing) => this.#inbox.sweep(closing),
        60 * MINUTE,
        onError,
        'Sweeping failed',
      ),
    ];
  }

  get isListening(): boolean {
    return this.#listener.isListening;
  }

  isRunning(dispatchUid: string): boolean {
    return this.#workers.isRunning(dispatchUid);
  }

  async start(): Promise<void> {
    this.#receivers = durableReceivers(adminOf(this.host.signals).list());
    for (const upkeep of this.#upkeep) await upkeep.start();
    this.#listener.start();
  }

  /** No more is taken from now on; what is under way, the engine waits for. */
  async stop(): Promise<void> {
    const stopped = this.#receivers;
    this.#receivers = new Map();
    for (const dispatchUid of stopped.keys()) this.#workers.stop(dispatchUid);
    await Promise.all(this.#upkeep.map((upkeep) => upkeep.close()));
    await this.#listener.close();
  }

  /** Starts the workers of receivers that are not paused, and stops the others. */
  async followPauses(): Promise<void> {
    const paused = await this.known.paused();
    for (const [dispatchUid, info] of this.#receivers) {
      if (paused.has(dispatchUid)) this.#workers.stop(dispatchUid);
      else await this.#workers.start(dispatchUid, info);
    }
  }

  #hear(queues: readonly string[] | undefined): void {
    this.#workers.wake(queues);
    if (!queues?.includes(PAUSES_CHANGED)) return;
    this.followPauses().catch((error: unknown) => this.host.onError(error, 'Pauses are not known'));
  }

  /** Says that these receivers live, and finds deliveries whose receivers do not. */
  async #lookAfter(): Promise<void> {
    const here = new Set(this.#receivers.keys());
    await this.known.beat([...here]);
    await keepWhatHoldsKeys(this.engine);
    for (const { receiver, waiting, isGone } of await this.#orphans.find(here)) {
      if (isGone) {
        await this.#orphans.deadLetterOrphans(receiver);
        this.host.onError(
          new Error(`${waiting} deliveries waited for '${receiver}', which no process has.`),
          'They are dead letters now, to be replayed once it is back',
        );
      } else if (!this.#missed.has(receiver)) {
        this.host.onError(
          new Error(`${waiting} deliveries wait for '${receiver}', which this process has not.`),
          'They become dead letters when no other process has had it for a while',
        );
      }
      this.#missed.add(receiver);
    }
  }
}
