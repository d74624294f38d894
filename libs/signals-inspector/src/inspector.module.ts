import { Module, type DynamicModule } from '@nestjs/common';
import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import { INSPECTOR_OPTIONS, Inspector } from './inspector.js';
import type { InspectorOptions } from './inspector-options.js';

export interface InspectorModuleAsyncOptions
  extends Pick<ModuleMetadata, 'imports'>, Pick<FactoryProvider, 'inject'> {
  readonly useFactory: FactoryProvider<InspectorOptions>['useFactory'];
}

/**
 * Records what requests lead to and shows it at `/_signals`. Needs `SignalsModule`; works on Fastify and
 * on Express. Import it beside that module.
 */
@Module({})
export class InspectorModule {
  static forRoot(options: InspectorOptions = {}): DynamicModule {
    return InspectorModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports, inject, useFactory }: InspectorModuleAsyncOptions): DynamicModule {
    return {
      module: InspectorModule,
      imports: imports ?? [],
      providers: [{ provide: INSPECTOR_OPTIONS, useFactory, inject: inject ?? [] }, Inspector],
      exports: [Inspector],
    };
  }
}
