import {
  Global,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
} from '@nestjs/common';
import { APP_GUARD, DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { Signals, Transactions, adminOf, type AnySignal } from '../core/index.js';
import { surveyOf, type ApplicationSurvey } from './application-survey.js';
import { AttachedDataSources } from './attached-data-sources.js';
import { foreseen } from './foreseen.js';
import { loggerErrorSink } from './logger-error-sink.js';
import { severalModules } from './several-modules.error.js';
import { ReceiverExplorer } from './receiver.explorer.js';
import { RequestWatch } from './request-watch.js';
import { SIGNALS_OPTIONS } from './signals.constants.js';
import { SignalsConnection, SignalsLifecycle, SignalsShutdown } from './signals.lifecycle.js';
import type { SignalsModuleOptions } from './signals-module-options.js';

export interface SignalsModuleAsyncOptions
  extends Pick<ModuleMetadata, 'imports'>, Pick<FactoryProvider, 'inject'> {
  readonly useFactory: FactoryProvider<SignalsModuleOptions>['useFactory'];
}

@Module({ providers: [SignalsConnection] })
class SignalsConnectionModule {}

@Module({ providers: [SignalsShutdown] })
class SignalsShutdownModule {}

/**
 * Provides `Signals` everywhere and connects the methods that carry `@Receiver()`, before the
 * application answers its first request.
 */
@Global()
@Module({})
export class SignalsModule {
  static forRoot(options: SignalsModuleOptions = {}): DynamicModule {
    return SignalsModule.forRootAsync({ useFactory: foreseen(options, () => options) });
  }

  /**
   * Declares the signals of a module, in its `imports`: they are listed although nobody hears them
   * yet, and two modules cannot give different signals one name.
   */
  static forFeature(signals: readonly AnySignal[]): DynamicModule {
    const declare = foreseen(signals, (application: Signals) =>
      adminOf(application).register(...signals),
    );
    return {
      module: SignalsModule,
      providers: [{ provide: Symbol('SIGNALS'), useFactory: declare, inject: [Signals] }],
    };
  }

  /**
   * What an application declares, read from its modules without starting it: nothing is
   * instantiated, connected to a database or sent. What the command `signals` is built on.
   */
  static survey(modules: ModulesContainer): ApplicationSurvey {
    return surveyOf(modules);
  }

  static forRootAsync({ imports, inject, useFactory }: SignalsModuleAsyncOptions): DynamicModule {
    return {
      module: SignalsModule,
      imports: [
        DiscoveryModule,
        SignalsConnectionModule,
        SignalsShutdownModule,
        ...(imports ?? []),
      ],
      providers: [
        { provide: SIGNALS_OPTIONS, useFactory, inject: inject ?? [] },
        {
          provide: Signals,
          useFactory: createSignals,
          inject: [SIGNALS_OPTIONS, ModulesContainer],
        },
        { provide: APP_GUARD, useFactory: guardOf, inject: [SIGNALS_OPTIONS, RequestWatch] },
        AttachedDataSources,
        {
          provide: Transactions,
          useFactory: ({ transactions }: AttachedDataSources) => transactions,
          inject: [AttachedDataSources],
        },
        ReceiverExplorer,
        RequestWatch,
        SignalsLifecycle,
      ],
      exports: [Signals, Transactions, SignalsLifecycle],
    };
  }
}

/** @throws SeveralSignalsModulesError before anything of the second one has been done. */
function createSignals(options: SignalsModuleOptions, modules: ModulesContainer): Signals {
  const refusal = severalModules(modules);
  if (refusal) throw refusal;
  const signals = new Signals({ onError: loggerErrorSink, ...options });
  adminOf(signals).hold(true);
  return signals;
}

/** Nest skips a guard that is none. */
function guardOf(options: SignalsModuleOptions, watch: RequestWatch): RequestWatch | undefined {
  return options.requests === false ? undefined : watch;
}
