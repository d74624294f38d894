import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { nameOfSender, ReceiverDeclarationError, Signals } from '../index.js';
import { loggerErrorSink } from './logger-error-sink.js';
import { ReceiverExplorer } from './receiver.explorer.js';
import { SIGNALS_OPTIONS } from './signals.constants.js';
import type { SignalsModuleOptions } from './signals-module-options.js';

/** Connects at start, disconnects at the end, and refuses to start with receivers that cannot hear. */
@Injectable()
export class SignalsLifecycle
  implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown
{
  readonly #logger = new Logger('Signals');
  #attached: readonly Disposable[] = [];

  constructor(
    @Inject(SIGNALS_OPTIONS) private readonly options: SignalsModuleOptions,
    private readonly signals: Signals,
    private readonly explorer: ReceiverExplorer,
    private readonly moduleRef: ModuleRef,
  ) {}

  onModuleInit(): void {
    this.#disconnect();
    const host = {
      signals: this.signals,
      onError: this.options.onError ?? loggerErrorSink,
      resolve: <T>(token: unknown): T => this.moduleRef.get(token as symbol, { strict: false }),
    };
    const integrations = this.options.integrations ?? [];
    this.#attached = [
      ...integrations.map((integration) => integration.attach(host)),
      ...this.explorer.connectAll(),
    ];
    this.#checkSenders();
  }

  /** Receivers under way still have their providers and their database. */
  async beforeApplicationShutdown(): Promise<void> {
    const ended = await this.signals.close(this.options.shutdownDeadline);
    if (!ended) this.#logger.warn('Receivers were still running when the application closed.');
  }

  onApplicationShutdown(): void {
    this.#disconnect();
  }

  #checkSenders(): void {
    for (const { signal, sender, receiver } of this.signals.expectedSenders()) {
      for (const integration of this.options.integrations ?? []) {
        const objection = integration.objectionTo?.(signal, sender);
        if (objection) {
          const where = receiver.location ? ` (${receiver.location})` : '';
          throw new ReceiverDeclarationError(
            `Receiver '${receiver.dispatchUid}'${where} waits for '${signal.name}' of ` +
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
