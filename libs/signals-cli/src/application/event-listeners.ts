import { DiscoveryService, type ModulesContainer } from '@nestjs/core';
import { methodsOf } from './methods.js';

/** A method with `@OnEvent()`, which hears what the bridge to the event emitter re-emits. */
export interface EventListener {
  readonly event: string;
  /** `Class.method`. */
  readonly owner: string;
}

export function eventListenersOf(modules: ModulesContainer): readonly EventListener[] {
  const discovery = new DiscoveryService(modules);
  const types = new Set(
    [...discovery.getProviders(), ...discovery.getControllers()].flatMap(({ metatype }) =>
      typeof metatype === 'function' && metatype.prototype ? [metatype as Function] : [],
    ),
  );
  return [...types].flatMap((type) =>
    methodsOf(type).flatMap(([name, method]) =>
      eventsHeardBy(method).map((event) => ({ event, owner: `${type.name}.${name}` })),
    ),
  );
}

export function hearsEvent({ event }: EventListener, name: string): boolean {
  return fits(event.split('.'), name.split('.'));
}

/** `*` stands for one part of a name, `**` for any number of them. */
function fits([first, ...pattern]: readonly string[], name: readonly string[]): boolean {
  if (first === undefined) return name.length === 0;
  if (first === '**')
    return name.some((_, at) => fits(pattern, name.slice(at))) || fits(pattern, []);
  return name.length > 0 && (first === '*' || first === name[0]) && fits(pattern, name.slice(1));
}

function eventsHeardBy(method: Function): readonly string[] {
  const heard = (Reflect.getMetadata('EVENT_LISTENER_METADATA', method) ?? []) as readonly {
    readonly event: string | symbol | readonly (string | symbol)[];
  }[];
  return heard.flatMap(({ event }) =>
    typeof event === 'symbol' ? [] : typeof event === 'string' ? [event] : event.map(String),
  );
}
