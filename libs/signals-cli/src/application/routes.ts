import { RequestMethod } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { methodsOf } from './methods.js';

/** A method of a controller that answers requests. */
export interface Route {
  readonly method: string;
  /** Without a global prefix, a version or the prefix of a router module: those come at start. */
  readonly path: string;
  readonly controller: string;
  readonly handler: string;
}

export function routesOf(modules: ModulesContainer): readonly Route[] {
  const controllers = new Set(
    [...modules.values()].flatMap((module) =>
      [...module.controllers.values()].map(({ metatype }) => metatype as Function),
    ),
  );
  return [...controllers].flatMap((controller) => routesOfController(controller));
}

/**
 * The routes that a request such as `POST /api/v1/orders/:id/pay` may mean: of those whose path ends
 * it, the ones with the longest path.
 */
export function routesFor(request: string, routes: readonly Route[]): readonly Route[] {
  const [method = '', path = ''] = request.trim().split(/\s+/);
  const asked = segments(path);
  const fitting = routes.filter(
    (route) =>
      (route.method === method.toUpperCase() || route.method === 'ALL') &&
      endsWith(asked, segments(route.path)),
  );
  const longest = Math.max(0, ...fitting.map((route) => segments(route.path).length));
  return fitting.filter((route) => segments(route.path).length === longest);
}

function endsWith(asked: readonly string[], pattern: readonly string[]): boolean {
  const tail = pattern.length === 0 ? [] : asked.slice(-pattern.length);
  return (
    tail.length === pattern.length && tail.every((segment, at) => fits(segment, pattern[at] ?? ''))
  );
}

function fits(segment: string, pattern: string): boolean {
  return pattern === segment || /^[:*{]/.test(pattern);
}

function segments(path: string): readonly string[] {
  return path.split('/').filter(Boolean);
}

function routesOfController(controller: Function): readonly Route[] {
  const bases = pathsOf(controller);
  return methodsOf(controller).flatMap(([handler, method]) => {
    const verb = Reflect.getMetadata('method', method) as RequestMethod | undefined;
    if (verb === undefined) return [];
    return bases.flatMap((base) =>
      pathsOf(method).map((path) => ({
        method: RequestMethod[verb] ?? 'ALL',
        path: `/${[...segments(base), ...segments(path)].join('/')}`,
        controller: controller.name,
        handler,
      })),
    );
  });
}

function pathsOf(target: Function): readonly string[] {
  const path = Reflect.getMetadata('path', target) as string | readonly string[] | undefined;
  return typeof path === 'object' ? path : [path ?? ''];
}
