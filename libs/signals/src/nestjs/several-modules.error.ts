import type { DynamicModule, Provider } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { SIGNALS_OPTIONS } from './signals.constants.js';

/** Thrown when an application has more than one `SignalsModule`: each receiver would run in each. */
export class SeveralSignalsModulesError extends Error {
  override readonly name = 'SeveralSignalsModulesError';

  constructor(count: number, importers: readonly string[]) {
    const by = importers.length > 0 ? ` (${importers.join(', ')})` : '';
    super(
      `SignalsModule.forRoot() is imported ${count} times${by}, and each receiver would run as ` +
        'often. Import it once, in the root module: it is global. A module that declares signals ' +
        'imports SignalsModule.forFeature([…]).',
    );
  }
}

/** What is wrong with the modules of an application, if anything is. */
export function severalModules(modules: ModulesContainer): SeveralSignalsModulesError | undefined {
  const all = [...modules.values()];
  const count = all.filter(({ providers }) => providers.has(SIGNALS_OPTIONS)).length;
  if (count < 2) return undefined;
  const importers = all.filter(({ metatype }) => importsOf(metatype).some(isSignalsModule));
  return new SeveralSignalsModulesError(
    count,
    importers.map(({ name }) => name),
  );
}

/** Nest itself has global modules among the imports of all others. Those of dynamic modules it hides. */
function importsOf(type: Function): readonly unknown[] {
  return (Reflect.getMetadata('imports', type) as readonly unknown[] | undefined) ?? [];
}

function isSignalsModule(imported: unknown): boolean {
  const { providers = [] } = (imported ?? {}) as Partial<DynamicModule>;
  return (providers as readonly Provider[]).some(
    (provider) => 'provide' in provider && provider.provide === SIGNALS_OPTIONS,
  );
}
