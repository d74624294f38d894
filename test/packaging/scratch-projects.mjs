import { cp, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process, { execPath } from 'node:process';
import { parseArgs } from 'node:util';

import pg from 'pg';

import { launch } from '../../scripts/launcher/launch.mjs';
import { inProject, say } from '../../scripts/launcher/project.mjs';
import { chooseRuntime } from '../../scripts/launcher/runtime.mjs';
import { withTestDatabase } from '../../scripts/tests/database.mjs';
import { npm, succeed } from './commands.mjs';
import { ALL_PROJECTS, PROJECTS, TOGETHER_WITH_ALL } from './projects.mjs';

/**
 * Where one project lives for the time of the run.
 *
 * @typedef {{
 *   folder: string,
 *   packages: Record<string, string>,
 *   newDatabase: (at: number) => Promise<string>,
 *   signal: AbortSignal,
 * }} Place
 */

const HELP = `npm run test:packaging [-- --all] [<part of a name>]

Installs the packed packages into projects outside this checkout, as their authors would, and runs a
small application in each. Needs a registry of npm packages.

  --all  not only what the gate tries, but everything that docs/building.md of the library names,
         one project after the other
`;

/** How each package manager installs what the manifest names, and runs no script of it. */
const INSTALL = {
  npm: ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
  pnpm: ['exec', '--yes', '--package=pnpm@10', '--', 'pnpm', 'install', '--ignore-scripts'],
  yarn: ['exec', '--yes', '--package=@yarnpkg/cli-dist@4', '--', 'yarn', 'install'],
};

const { values, positionals } = parseArgs({
  options: { all: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  allowPositionals: true,
});
const chosen = (values.all ? ALL_PROJECTS : PROJECTS).filter(({ name }) =>
  positionals.every((part) => name.includes(part)),
);
if (values.help) {
  process.stdout.write(HELP);
  process.exit();
}

await launch((interruption) =>
  withTestDatabase(interruption, async ({ TEST_DATABASE_URL, TEST_DATABASE_PREFIX }) => {
    const signal = interruption.asked;
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'scratch-projects-')));
    try {
      const packages = await packagesFor(folder, signal);
      const attempt = async (/** @type {import('./projects.mjs').Project} */ project) => {
        const place = { folder: join(folder, project.name), packages, signal };
        const name = `${TEST_DATABASE_PREFIX}_${project.name}`;
        return works(project, {
          ...place,
          newDatabase: (at) => createDatabase(TEST_DATABASE_URL, `${name}_${at}`),
        });
      };
      if (!values.all) return (await Promise.all(chosen.map(attempt))).every(Boolean) ? 0 : 1;
      let failed = 0;
      for (const project of chosen) failed += (await attempt(project)) ? 0 : 1;
      return failed === 0 ? 0 : 1;
    } finally {
      // An npm that was interrupted may still be writing.
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    }
  }),
);

/**
 * The packages in the folder that SIGNALS_PACKAGES names, or else what is packed from the sources, as a
 * manifest names them.
 *
 * @param {string} into
 * @param {AbortSignal} signal
 * @returns {Promise<Record<string, string>>}
 */
async function packagesFor(into, signal) {
  const { SIGNALS_PACKAGES: given } = process.env;
  const script = inProject('scripts', 'pack.mjs');
  if (!given) await succeed(execPath, [script, '--into', into], { cwd: inProject(), signal });
  const folder = given ? resolve(given) : into;
  const files = (await readdir(folder)).filter((file) => file.endsWith('.tgz'));
  return Object.fromEntries(
    files.map((file) => [file.replace(/-\d.*$/, ''), `file:${join(folder, file)}`]),
  );
}

/** @param {import('./projects.mjs').Project} project @param {Place} place */
async function works(project, place) {
  const started = Date.now();
  try {
    await prepare(project, place);
    await npm(INSTALL[project.manager ?? 'npm'], place);
    await use(project, place);
    say(`✓ ${describe(project)} (${Math.round((Date.now() - started) / 1000)} s)`);
    return true;
  } catch (error) {
    place.signal.throwIfAborted();
    say(`✗ ${describe(project)}\n\n${String(error)}\n`);
    return false;
  }
}

/** @param {import('./projects.mjs').Project} project @param {Place} place */
async function prepare({ type, compilerOptions, packages, tools = [] }, { folder, packages: own }) {
  await mkdir(folder);
  await cp(inProject('test', 'packaging', 'consumer'), folder, { recursive: true });
  await cp(inProject('test', 'packaging', 'application'), join(folder, 'src'), { recursive: true });
  const dependencies = Object.assign(
    { ...TOGETHER_WITH_ALL, ...packages, ...own },
    ...tools.map((tool) => tool.packages),
  );
  const manifest = Object.assign({}, ...tools.map((tool) => tool.manifest));
  await writeJson(join(folder, 'package.json'), { private: true, type, dependencies, ...manifest });
  await writeJson(join(folder, 'tsconfig.json'), { compilerOptions, include: ['src'] });
  await writeFile(join(folder, '.yarnrc.yml'), 'nodeLinker: node-modules\nenableScripts: false\n');
  for (const [name, content] of tools.flatMap(({ files }) => Object.entries(files))) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

/** @param {import('./projects.mjs').Project} project @param {Place} place */
async function use({ tsconfigs, node, env = {}, tools = [] }, { folder, newDatabase, signal }) {
  const compiler = join('node_modules', 'typescript', 'bin', 'tsc');
  for (const tsconfig of tsconfigs) {
    await succeed(execPath, [compiler, '--project', tsconfig], { cwd: folder, signal });
  }
  const programs = [[join('dist', 'main.js')], ...tools.flatMap((tool) => tool.programs)];
  const runtime = node ? join(folder, node) : await chooseRuntime(signal);
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  for (const [at, program] of programs.entries()) {
    const DATABASE_URL = await newDatabase(at);
    await succeed(runtime, program, {
      cwd: folder,
      env: { ...inherited, ...env, DATABASE_URL },
      signal,
    });
  }
}

/** @param {string} server @param {string} name @returns {Promise<string>} its URL */
async function createDatabase(server, name) {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(`create database "${name}" template template0`);
  } finally {
    await client.end();
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** @param {string} path @param {object} content */
function writeJson(path, content) {
  return writeFile(path, JSON.stringify(content, null, 2));
}

/** @param {import('./projects.mjs').Project} project */
function describe({ name, type, packages }) {
  const versions = Object.entries(packages).map(([each, version]) => `${each} ${version}`);
  return `${name}: ${type}, ${versions.join(', ')}`;
}
