import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandError } from '../command.error.js';

/** What an application's `signals.config.mjs` exports, or its `package.json` says under `signals`. */
export interface SignalsConfig {
  /** The file of the application's module, or a function that answers the module. */
  readonly app?: string | (() => unknown);
  /** The `tsconfig.json` of the application's sources. */
  readonly tsconfig?: string;
  /** The map that `graph --write` keeps and `lint` compares. */
  readonly map?: string;
  /** Where the running application answers. */
  readonly url?: string;
  /** Packages, beside the well-known ones, whose calls leave the process. */
  readonly effects?: Partial<Record<'mail' | 'http' | 'queue', readonly string[]>>;
  /** The severity of rules of `lint`, where it is not the default. */
  readonly rules?: Readonly<Record<string, 'off' | 'warning' | 'error'>>;
}

export interface Settings extends Omit<SignalsConfig, 'app'> {
  /** What relative paths are relative to. */
  readonly root: string;
  readonly app: string | (() => unknown);
}

/** What is given on the command line, which is stronger than what is written down. */
export interface GivenSettings {
  readonly app?: string;
  readonly config?: string;
  readonly tsconfig?: string;
}

const CONFIG_FILES = ['signals.config.mjs', 'signals.config.js', 'signals.config.cjs'];

/** Where `nest new` and `nest build` put the application's module. */
const USUAL_MODULES = ['dist/app.module.js', 'dist/src/app.module.js'];

/**
 * @throws CommandError when nothing tells which application is meant.
 */
export async function readSettings(cwd: string, given: GivenSettings): Promise<Settings> {
  const found = given.config
    ? await readConfigFile(resolve(cwd, given.config))
    : await discover(cwd);
  const root = found?.root ?? cwd;
  const app =
    (given.app && resolve(cwd, given.app)) ??
    found?.config.app ??
    USUAL_MODULES.find((path) => existsSync(join(root, path)));
  if (app === undefined) throw new CommandError(HOW_TO_NAME_AN_APPLICATION);
  const tsconfig = given.tsconfig && resolve(cwd, given.tsconfig);
  return { ...found?.config, ...(tsconfig && { tsconfig }), root, app };
}

/** What is written down, for commands that need no module. */
export async function readConfig(cwd: string, config?: string): Promise<SignalsConfig> {
  const found = config ? await readConfigFile(resolve(cwd, config)) : await discover(cwd);
  return found?.config ?? {};
}

interface Found {
  readonly root: string;
  readonly config: SignalsConfig;
}

/** From the working directory upwards, so that a command works in every folder of a project. */
async function discover(cwd: string): Promise<Found | undefined> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = CONFIG_FILES.map((name) => join(folder, name)).find(existsSync);
    if (file) return readConfigFile(file);
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) {
      const { signals } = JSON.parse(readFileSync(manifest, 'utf8')) as { signals?: SignalsConfig };
      if (signals) return { root: folder, config: signals };
    }
    if (dirname(folder) === folder) return undefined;
  }
}

async function readConfigFile(file: string): Promise<Found> {
  if (!existsSync(file)) throw new CommandError(`There is no ${file}.`);
  const { default: exported } = (await import(pathToFileURL(file).href)) as { default?: unknown };
  const root = projectOf(file);
  if (typeof exported === 'function') return { root, config: { app: exported as () => unknown } };
  if (typeof exported === 'object' && exported !== null) return { root, config: exported };
  throw new CommandError(
    `${file} has to export a function that answers the application's module, or an object with it ` +
      'as `app`, as its default.',
  );
}

/** The folder of the nearest `package.json`; relative paths start there, wherever the file lies. */
function projectOf(file: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  return dirname(file);
}

const HOW_TO_NAME_AN_APPLICATION = `Which application? Name the built file that exports its module:

  signals list --app dist/app.module.js

or write signals.config.mjs beside package.json:

  import { AppModule } from './dist/app.module.js';
  export default () => AppModule;`;
