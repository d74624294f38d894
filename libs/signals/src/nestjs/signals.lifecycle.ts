import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import {
  nameOfSender,
  ReceiverDeclarationError,
  Signals,
  type ReceiverInfo,
  type SignalsIntegration,
} from '../index.js';
import { loggerErrorSink } from './logger-error-sink.js';
import { ReceiverExplorer } from './receiver.explorer.js';
import { RequestWatch } from './request-watch.js';
import { SIGNALS_OPTIONS } from './signals.constants.js';
import type { SignalsModuleOptions } from './signals-module-options.js';

/** Connects at start, disconnects at the end, and refuses to start with receivers that cannot hear. */
@Injectable()
export class SignalsLifecycle implements OnModuleInit {
  readonly #logger = new Logger('Signals');
  readonly #integrations: readonly SignalsIntegration[];
  #attached: readonly Disposable[] = [];

  constructor(
    @Inject(SIGNALS_OPTIONS) private readonly options: SignalsModuleOptions,
    private readonly signals: Signals,
    private readonly explorer: ReceiverExplorer,
    private readonly moduleRef: ModuleRef,
    private readonly requests: RequestWatch,
  ) {
    this.#integrations = [
      ...(options.requests === false ? [] : [requests]),
      ...(options.integrations ?? []),
    ];
  }

  onModuleInit(): void {
    this.#disconnect();
    const host = {
      signals: this.signals,
      onError: this.options.onError ?? loggerErrorSink,
      resolve: (token: unknown): unknown => this.moduleRef.get(token as symbol, { strict: false }),
    };
    this.#attached = [
      ...this.#integrations.map((integration) => integration.attach(host)),
      ...this.explorer.connectAll(),
    ];
    this.#checkSignals();
    this.#checkSenders();
  }

  /** Waits for requests, which send as long as they are answered, and for receivers under way. */
  async close(): Promise<void> {
    const { shutdownDeadline = 10_000 } = this.options;
    const expires = performance.now() + shutdownDeadline;
    await this.requests.ended(shutdownDeadline);
    const ended = await this.signals.close(Math.max(0, expires - performance.now()));
    if (ended) return this.#disconnect();
    this.#logger.warn('Receivers or transactions were under way when the application closed.');
    // Stays connected as long: what is still open fails when it sends, instead of committing alone.
    const remaining = this.signals.underWay().map(({ ended: end }) => end);
    void Promise.allSettled(remaining).then(() => this.#disconnect());
  }

  /** A lifecycle signal is sent by an integration or by nobody. */
  #checkSignals(): void {
    for (const { signal, receiver } of this.signals.expectations()) {
      const isSent = this.#integrations.some(({ sends }) => sends?.has(signal));
      if (signal.category === 'lifecycle' && !isSent) {
        throw new ReceiverDeclarationError(
          `Receiver '${receiver.dispatchUid}'${where(receiver)} waits for '${signal.name}', which ` +
            'nobody sends: its integration is missing in SignalsModule.forRoot({ integrations }).',
        );
      }
    }
  }

  #checkSenders(): void {
    for (const { signal, sender, receiver } of this.signals.expectations()) {
      if (sender === undefined) continue;
      for (const integration of this.#integrations) {
        const objection = integration.objectionTo?.(signal, sender);
        if (objection) {
          throw new ReceiverDeclarationError(
            `Receiver '${receiver.dispatchUid}'${where(receiver)} waits for '${signal.name}' of ` +
              `${nameOfSender(sender)}, which never comes: ${objection}.`,
          );
        }
      }
    }
  }

  #disconnect(): void {
    for (const attachment of this.#attached) attachment[Symbol.dispose]();
    this.#attached = [];
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
