import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DynamicModule, Type } from '@nestjs/common';
import { InitializeOnPreviewAllowlist, ModulesContainer, NestFactory } from '@nestjs/core';
import { CommandError } from '../command.error.js';
import type { Settings } from './settings.js';

type RootModule = Type | DynamicModule;

/**
 * The modules of an application, read in Nest's preview mode: no provider is instantiated, no hook
 * is called, nothing listens and nothing connects.
 *
 * @throws CommandError when the application cannot be read, with the cause in its message.
 */
export async function loadModules({ app, root }: Settings): Promise<ModulesContainer> {
  // Receivers say where they are by their stack: in TypeScript, where the build has source maps.
  process.setSourceMapsEnabled?.(true);
  try {
    const module = await (typeof app === 'function' ? app() : importModule(app, root));
    return await preview(requireModule(module));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`The application cannot be read: ${described(error)}`, { cause: error });
  }
}

async function preview(application: RootModule): Promise<ModulesContainer> {
  class Preview {}
  let modules: ModulesContainer | undefined;
  const keep = (container: ModulesContainer): void => {
    modules = container;
  };
  const providers = [{ provide: Preview, useFactory: keep, inject: [ModulesContainer] }];
  InitializeOnPreviewAllowlist.add(Preview);
  await NestFactory.createApplicationContext(
    { module: Preview, imports: [application], providers },
    { preview: true, logger: false, abortOnError: false },
  );
  if (!modules) throw new CommandError('This version of Nest has no preview mode.');
  return modules;
}

/** `file` or `file#ExportedName`; without a name the default export, `AppModule`, or the only class. */
async function importModule(path: string, root: string): Promise<unknown> {
  const [name = '', exportName] = path.split('#');
  const file = resolve(root, name);
  if (!existsSync(file)) {
    throw new CommandError(
      `There is no ${relative(root, file)}. Build the application first, or name its module with --app.`,
    );
  }
  const exported = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  if (exportName) return exported[exportName];
  const named = exported.default ?? exported.AppModule;
  if (named) return named;
  const classes = Object.values(exported).filter((value) => typeof value === 'function');
  if (classes.length === 1) return classes[0];
  throw new CommandError(
    `${relative(root, file)} exports no AppModule. Say which of its exports is the module: ` +
      `--app ${name}#${Object.keys(exported)[0] ?? 'ShopModule'}`,
  );
}

function requireModule(value: unknown): RootModule {
  const isClass = typeof value === 'function';
  const isDynamic = typeof value === 'object' && value !== null && 'module' in value;
  if (isClass || isDynamic) return value as RootModule;
  throw new CommandError(
    'What the configuration answers is no module of Nest: give a class with @Module() or a ' +
      'dynamic module, such as AppModule.forRoot(…).',
  );
}

function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frame = error.stack?.split('\n').find((line) => /^\s+at /.test(line) && isOwn(line));
  return frame ? `${error.message}\n${frame}` : error.message;
}

function isOwn(frame: string): boolean {
  return !/node_modules|node:internal|\(node:/.test(frame);
}
