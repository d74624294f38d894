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
  try {
    const module = await (typeof app === 'function' ? app() : importModule(app, root));
    return await preview(requireModule(moduleAmong(module) ?? module));
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

/** `file` or `file#ExportedName`. */
async function importModule(path: string, root: string): Promise<unknown> {
  const [name = '', exportName] = path.split('#');
  const file = resolve(root, name);
  if (!existsSync(file)) {
    throw new CommandError(
      `There is no ${relative(root, file)}. Build the application first, or name its module with --app.`,
    );
  }
  const exported = exportsOf(await import(pathToFileURL(file).href));
  const found = exportName ? exported[exportName] : moduleAmong(exported);
  if (found) return found;
  const [other = 'ShopModule'] = Object.keys(exported).filter((each) => each !== 'default');
  throw new CommandError(
    `${relative(root, file)} exports no ${exportName ?? 'AppModule'}. Say which of its exports is the ` +
      `module: --app ${name}#${other}`,
  );
}

/** The default export, `AppModule`, or the only class. */
function moduleAmong(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isDynamic(value)) return undefined;
  const exported = exportsOf(value);
  const classes = Object.values(exported).filter((each) => typeof each === 'function');
  return exported.default ?? exported.AppModule ?? (classes.length === 1 ? classes[0] : undefined);
}

/**
 * What a file exports, whichever kind of module it is: of a CommonJS file that is imported, all its
 * exports are the default one, and only those that Node can tell in advance have their names.
 */
function exportsOf(imported: object): Record<string, unknown> {
  const { default: whole, ...named } = imported as { readonly default?: unknown };
  const isPlain = typeof whole === 'object' && whole !== null && !isDynamic(whole);
  if (isPlain) return exportsOf({ ...named, ...whole });
  const known = Object.entries(named).filter(
    ([name]) => !/^(__esModule|module\.exports)$/.test(name),
  );
  return { ...Object.fromEntries(known), ...(whole != null && { default: whole }) };
}

function requireModule(value: unknown): RootModule {
  if (typeof value === 'function' || isDynamic(value)) return value as RootModule;
  throw new CommandError(
    'What the configuration answers is no module of Nest: give a class with @Module() or a ' +
      'dynamic module, such as AppModule.forRoot(…).',
  );
}

function isDynamic(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'module' in value;
}

function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frame = error.stack?.split('\n').find((line) => /^\s+at /.test(line) && isOwn(line));
  return frame ? `${error.message}\n${frame}` : error.message;
}

function isOwn(frame: string): boolean {
  return !/node_modules|node:internal|\(node:/.test(frame);
}
