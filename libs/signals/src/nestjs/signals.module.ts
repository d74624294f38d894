import {
  Global,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Signals } from '../index.js';
import { loggerErrorSink } from './logger-error-sink.js';
import { ReceiverExplorer } from './receiver.explorer.js';
import { SIGNALS_OPTIONS } from './signals.constants.js';
import { SignalsLifecycle } from './signals.lifecycle.js';
import type { SignalsModuleOptions } from './signals-module-options.js';

export interface SignalsModuleAsyncOptions
  extends Pick<ModuleMetadata, 'imports'>, Pick<FactoryProvider, 'inject'> {
  readonly useFactory: FactoryProvider<SignalsModuleOptions>['useFactory'];
}

/**
 * Provides `Signals` everywhere and connects the methods that carry `@Receiver()`, before the
 * application answers its first request.
 */
@Global()
@Module({})
export class SignalsModule {
  static forRoot(options: SignalsModuleOptions = {}): DynamicModule {
    return SignalsModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports, inject, useFactory }: SignalsModuleAsyncOptions): DynamicModule {
    return {
      module: SignalsModule,
      imports: [DiscoveryModule, ...(imports ?? [])],
      providers: [
        { provide: SIGNALS_OPTIONS, useFactory, inject: inject ?? [] },
        { provide: Signals, useFactory: createSignals, inject: [SIGNALS_OPTIONS] },
        ReceiverExplorer,
        SignalsLifecycle,
      ],
      exports: [Signals],
    };
  }
}

function createSignals(options: SignalsModuleOptions): Signals {
  return new Signals({ onError: loggerErrorSink, ...options });
}
