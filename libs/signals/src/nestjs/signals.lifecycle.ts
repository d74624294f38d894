import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import {
  AlreadyAttachedError,
  ReceiverDeclarationError,
  SeveralCopiesError,
  Signals,
  adminOf,
  type AnySignal,
  type ErrorSink,
  type ReceiverInfo,
} from '../core/index.js';
import {
  otherCopies,
  ownCopy,
  report,
  type IntegrationSession,
  type SignalsIntegration,
} from '../integration/index.js';
import { AttachedDataSources } from './attached-data-sources.js';
import { loggerErrorSink } from './logger-error-sink.js';
import { ReceiverExplorer } from './receiver.explorer.js';
import { RequestWatch } from './request-watch.js';
import { SIGNALS_OPTIONS } from './signals.constants.js';
import type { SignalsModuleOptions } from './signals-module-options.js';

/** Connects at start, disconnects at the end, and refuses to start with receivers that cannot hear. */
@Injectable()
export class SignalsLifecycle implements OnModuleInit, OnApplicationBootstrap {
  readonly #logger = new Logger('Signals');
  readonly #integrations: readonly SignalsIntegration[];
  readonly #onError: ErrorSink;
  #sessions: Session[] = [];
  #connected: Disposable | undefined;
  #state: 'new' | 'connected' | 'started' | 'ready' = 'new';

  constructor(
    @Inject(SIGNALS_OPTIONS) private readonly options: SignalsModuleOptions,
    private readonly signals: Signals,
    private readonly explorer: ReceiverExplorer,
    private readonly moduleRef: ModuleRef,
    private readonly requests: RequestWatch,
    private readonly dataSources: AttachedDataSources,
  ) {
    this.#integrations = [
      ...(options.requests === false ? [] : [requests]),
      ...(options.integrations ?? []),
    ];
    this.#onError = options.onError ?? loggerErrorSink;
  }

  /** Before anything else of the application is initialized, which may save and send then. */
  async connect(): Promise<void> {
    if (this.#state !== 'new') return;
    this.#state = 'connected';
    await this.#orNothing(async () => {
      this.#tellOfCopies();
      this.#checkIntegrations();
      this.#attach();
      this.#connected = this.explorer.connectAll();
      this.#checkPhases();
      this.#checkSignals();
      this.#checkSenders();
    });
    adminOf(this.signals).hold(false);
  }

  async onModuleInit(): Promise<void> {
    if (this.#state !== 'connected') return;
    this.#state = 'started';
    await this.#orNothing(async () => {
      for (const { session } of this.#sessions) await session.start?.();
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.#state !== 'started') return;
    this.#state = 'ready';
    await this.#orNothing(async () => {
      for (const { session } of this.#sessions) await session.ready?.();
    });
  }

  /**
   * Waits for requests, which send as long as they are answered, and for receivers under way. A part
   * that fails is reported: Nest would leave the rest of the application open.
   */
  async close(): Promise<void> {
    const { shutdownDeadline = 10_000 } = this.options;
    const expires = performance.now() + shutdownDeadline;
    const left = (): number => Math.max(0, expires - performance.now());
    await this.requests.ended(shutdownDeadline);
    await this.#stop(left());
    const ended = await adminOf(this.signals).close(left());
    if (ended) return this.#disconnect();
    this.#logger.warn('Receivers or transactions were under way when the application closed.');
    // Stays connected as long: what is still open fails when it sends, instead of committing alone.
    const remaining = adminOf(this.signals)
      .underWay()
      .map(({ ended: end }) => end);
    void Promise.allSettled(remaining).then(() => this.#disconnect());
  }

  #attach(): void {
    const host = {
      signals: this.signals,
      onError: this.#onError,
      resolve: (token: unknown): unknown => this.moduleRef.get(token as symbol, { strict: false }),
    };
    for (const integration of this.#integrations) {
      const session = integration.attach(host);
      this.#sessions.push({ name: integration.name, session });
      this.dataSources.attach(session.transactions);
    }
  }

  /** Nest closes nothing of an application that fails to start. */
  async #orNothing(start: () => Promise<void>): Promise<void> {
    try {
      await start();
    } catch (error) {
      adminOf(this.signals).hold(true);
      await this.#stop(0);
      this.#disconnect();
      this.#state = 'new';
      throw error;
    }
  }

  async #stop(deadline: number): Promise<void> {
    await Promise.all(
      this.#sessions.map(async ({ name, session }) => {
        try {
          await session.stop?.(deadline);
        } catch (error) {
          report(this.#onError, error, `Stopping the integration '${name}' failed`);
        }
      }),
    );
  }

  #tellOfCopies(): void {
    const others = otherCopies();
    if (others.length === 0) return;
    this.#logger.warn(
      `Several copies of nestjs-signals are loaded, and do not hear each other: ${ownCopy.place}, ` +
        `which this application uses, ${others.map(({ place }) => place).join(', ')}.`,
    );
  }

  /** A delivery is written once. */
  #checkIntegrations(): void {
    const keepers = this.#integrations.filter(({ isDurable }) => isDurable);
    if (keepers.length < 2) return;
    throw new AlreadyAttachedError(
      `${keepers.length} integrations would keep the deliveries of this application: ` +
        `${keepers.map(({ name }) => `'${name}'`).join(' and ')}. List one durableSignals().`,
    );
  }

  /** What nobody writes down would be lost. */
  #checkPhases(): void {
    if (this.#integrations.some(({ isDurable }) => isDurable)) return;
    const durable = adminOf(this.signals)
      .list()
      .find(({ phase }) => phase === 'durable');
    if (!durable) return;
    throw new ReceiverDeclarationError(
      `Receiver '${durable.dispatchUid}'${where(durable)} is durable, but nothing keeps deliveries: ` +
        'durableSignals() is missing in SignalsModule.forRoot({ integrations }).',
    );
  }

  /** A lifecycle signal is sent by an integration or by nobody. */
  #checkSignals(): void {
    for (const { signal, receiver } of adminOf(this.signals).connections()) {
      const isSent = this.#integrations.some(({ sends }) => sends?.has(signal));
      if (signal.category === 'lifecycle' && !isSent) {
        this.#refuseSignalOfOther(signal);
        throw new ReceiverDeclarationError(
          `Receiver '${receiver.dispatchUid}'${where(receiver)} waits for '${signal.name}', which ` +
            'nobody sends: its integration is missing in SignalsModule.forRoot({ integrations }).',
        );
      }
    }
  }

  #refuseSignalOfOther({ name }: AnySignal): void {
    const [other] = otherCopies();
    const own = this.#integrations.flatMap(({ sends }) => [...(sends ?? [])]);
    if (other && own.some((signal) => signal.name === name)) {
      throw new SeveralCopiesError(`The signal '${name}' that a receiver waits for`, other);
    }
  }

  #checkSenders(): void {
    for (const expectation of adminOf(this.signals).connections()) {
      const { signal, sender } = expectation;
      if (sender === undefined) continue;
      for (const { session } of this.#sessions) {
        const objection = session.validateSender?.(signal, sender);
        if (objection) throw ReceiverDeclarationError.neverHeard(expectation, objection);
      }
    }
  }

  /** The last one first: receivers go before the integrations that they were heard through. */
  #disconnect(): void {
    this.#connected?.[Symbol.dispose]();
    this.#connected = undefined;
    this.dataSources.detach();
    for (const { name, session } of this.#sessions.splice(0).toReversed()) {
      try {
        session[Symbol.dispose]();
      } catch (error) {
        report(this.#onError, error, `Detaching the integration '${name}' failed`);
      }
    }
  }
}

interface Session {
  readonly name: string;
  readonly session: IntegrationSession;
}

/**
 * Connects first of all: Nest initializes the modules of the greatest distance from the root first, and
 * those that are global, which share one, in the order of their import. Belongs in a module of its own.
 */
@Injectable()
export class SignalsConnection implements OnModuleInit {
  constructor(
    private readonly lifecycle: SignalsLifecycle,
    modules: ModulesContainer,
  ) {
    for (const module of modules.values()) {
      if (module.providers.has(SignalsConnection)) module.distance = Number.POSITIVE_INFINITY;
    }
  }

  onModuleInit(): Promise<void> {
    return this.lifecycle.connect();
  }
}

/**
 * Ends the lifecycle once the server has closed. Belongs in a module that is not global, for Nest
 * shuts those down first: receivers under way still have their database.
 */
@Injectable()
export class SignalsShutdown implements OnApplicationShutdown {
  constructor(private readonly lifecycle: SignalsLifecycle) {}

  onApplicationShutdown(): Promise<void> {
    return this.lifecycle.close();
  }
}

function where({ location }: ReceiverInfo): string {
  return location ? ` (${location})` : '';
}
