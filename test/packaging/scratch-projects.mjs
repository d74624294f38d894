import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execPath } from 'node:process';

import pg from 'pg';

import { launch } from '../../scripts/launcher/launch.mjs';
import { inProject, say } from '../../scripts/launcher/project.mjs';
import { withTestDatabase } from '../../scripts/tests/database.mjs';
import { npm, succeed } from './commands.mjs';
import { PROJECTS, TOGETHER_WITH_ALL } from './projects.mjs';

/**
 * Where one project lives for the time of the run.
 *
 * @typedef {{ folder: string, tarball: string, database: string, signal: AbortSignal }} Place
 */

// Installs the packed library into projects outside this checkout, as their authors would, and runs
// a small application in each. Needs a registry of npm packages.
await launch((interruption) =>
  withTestDatabase(interruption, async ({ TEST_DATABASE_URL, TEST_DATABASE_PREFIX }) => {
    const signal = interruption.asked;
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'scratch-projects-')));
    try {
      const tarball = await packageFor(folder, signal);
      const outcomes = await Promise.all(
        PROJECTS.map(async (project) => {
          const database = await createDatabase(
            TEST_DATABASE_URL,
            `${TEST_DATABASE_PREFIX}_${project.name}`,
          );
          return works(project, { folder: join(folder, project.name), tarball, database, signal });
        }),
      );
      return outcomes.every(Boolean) ? 0 : 1;
    } finally {
      // An npm that was interrupted may still be writing.
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    }
  }),
);

/** The package that SIGNALS_PACKAGE names, or else one of the sources. @param {string} into @param {AbortSignal} signal */
async function packageFor(into, signal) {
  const { SIGNALS_PACKAGE: given } = process.env;
  if (given) return resolve(given);
  const script = inProject('scripts', 'pack.mjs');
  return succeed(execPath, [script, '--into', into], { cwd: inProject(), signal });
}

/** @param {import('./projects.mjs').Project} project @param {Place} place */
async function works(project, place) {
  const started = Date.now();
  try {
    await prepare(project, place);
    await npm(
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', place.tarball],
      place,
    );
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
async function prepare({ type, compilerOptions, packages }, { folder }) {
  await mkdir(folder);
  await cp(inProject('test', 'packaging', 'consumer'), folder, { recursive: true });
  await cp(inProject('test', 'packaging', 'application'), join(folder, 'src'), { recursive: true });
  const dependencies = { ...TOGETHER_WITH_ALL, ...packages };
  await writeJson(join(folder, 'package.json'), { private: true, type, dependencies });
  await writeJson(join(folder, 'tsconfig.json'), { compilerOptions, include: ['src'] });
}

/** @param {import('./projects.mjs').Project} project @param {Place} place */
async function use({ tsconfigs, node }, { folder, database, signal }) {
  const compiler = join('node_modules', 'typescript', 'bin', 'tsc');
  const env = { ...process.env, DATABASE_URL: database };
  for (const tsconfig of tsconfigs) {
    await succeed(execPath, [compiler, '--project', tsconfig], { cwd: folder, signal });
  }
  const program = join('dist', 'main.js');
  await succeed(node ? join(folder, node) : execPath, [program], { cwd: folder, env, signal });
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
