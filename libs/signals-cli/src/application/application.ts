import type { ModulesContainer } from '@nestjs/core';
import { CommandError } from '../command.error.js';
import type { SignalsModule } from 'nestjs-signals';
import type { ApplicationSurvey } from 'nestjs-signals/nestjs';
import { loadedEntities, type EntityInfo } from './entities.js';
import { eventListenersOf, type EventListener } from './event-listeners.js';
import { loadModules } from './load.js';
import { routesOf, type Route } from './routes.js';
import type { Settings } from './settings.js';

/** What is known of an application without starting it and without its sources. */
export interface Application extends ApplicationSurvey {
  readonly routes: readonly Route[];
  readonly entities: readonly EntityInfo[];
  readonly listeners: readonly EventListener[];
}

/** @throws CommandError when it cannot be read, or uses no signals. */
export async function readApplication(settings: Settings): Promise<Application> {
  const modules = await loadModules(settings);
  return {
    ...signalsModuleOf(modules).survey(modules),
    routes: routesOf(modules),
    entities: loadedEntities(),
    listeners: eventListenersOf(modules),
  };
}

/**
 * The application's own copy of the library, which need not be the one that this command belongs
 * to: only it knows what its decorators were told.
 */
function signalsModuleOf(modules: ModulesContainer): typeof SignalsModule {
  const module = [...modules.values()].find(({ metatype }) => metatype?.name === 'SignalsModule');
  if (!module) {
    throw new CommandError(
      'The application does not import SignalsModule.forRoot(), so nothing in it hears a signal.',
    );
  }
  const found = module.metatype as unknown as Partial<typeof SignalsModule>;
  if (!found.survey) {
    throw new CommandError('The application uses another version of nestjs-signals; update it.');
  }
  return found as typeof SignalsModule;
}
