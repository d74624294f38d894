import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import process, { execPath } from 'node:process';
import { parseArgs } from 'node:util';

import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
} from '@microsoft/api-extractor';

const HELP = `npm run report:api

Writes every public name of the library with its signature into libs/signals/api, a file for each import.
test/project/api-report.e2e-spec.ts compares those files with the code.

  --into  the folder to write into
`;

const project = resolve(import.meta.dirname, '..', '..');
const library = join(project, 'libs', 'signals');
const settings = join(library, 'tsconfig.lib.json');

const { values } = parseArgs({
  options: {
    into: { type: 'string', default: join(library, 'api') },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit();
}

// Packages are found from inside the project alone.
await mkdir(join(project, '.data'), { recursive: true });
const work = await mkdtemp(join(project, '.data', 'api-'));
try {
  const declarations = join(work, 'dist');
  declare(declarations);
  await empty(values.into);
  report(await entriesIn(declarations), resolve(values.into));
} finally {
  await rm(work, { recursive: true });
}

/** Writes the declarations that the package has. @param {string} folder */
function declare(folder) {
  const tsc = join(project, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '-p', settings, '--emitDeclarationOnly', '--outDir', folder];
  const { status } = spawnSync(execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

/**
 * The declarations of each import that the manifest names.
 *
 * @param {string} declarations
 * @returns {Promise<string[]>}
 */
async function entriesIn(declarations) {
  const manifest = JSON.parse(await readFile(join(library, 'package.json'), 'utf8'));
  return Object.values(manifest.exports).flatMap(({ types }) =>
    types ? [types.replace('./dist', declarations)] : [],
  );
}

/** Leaves no report of what is no longer there. @param {string} folder */
async function empty(folder) {
  await mkdir(folder, { recursive: true });
  const reports = (await readdir(folder)).filter((file) => file.endsWith('.api.md'));
  await Promise.all(reports.map((file) => rm(join(folder, file))));
}

/** @param {string[]} entries @param {string} folder */
function report(entries, folder) {
  const configs = entries.map((entry) => configOf(entry, folder));
  const [first] = configs;
  if (!first) throw new Error('The manifest names no declarations.');
  const compilerState = CompilerState.create(first, { additionalEntryPoints: entries });
  for (const config of configs) {
    const { succeeded } = Extractor.invoke(config, {
      compilerState,
      localBuild: true,
      messageCallback: (message) => {
        message.handled = message.logLevel !== ExtractorLogLevel.Error;
      },
    });
    if (!succeeded) process.exitCode = 1;
  }
}

/** @param {string} entry @param {string} reportFolder */
function configOf(entry, reportFolder) {
  const silent = { default: { logLevel: ExtractorLogLevel.None } };
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(library, 'package.json'),
    configObject: {
      projectFolder: library,
      mainEntryPointFilePath: entry,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          extends: settings,
          compilerOptions: { outDir: undefined, rootDir: undefined },
          files: [entry],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${nameOf(entry)}.api.md`,
        reportFolder,
        reportTempFolder: join(work, 'reports'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { extractorMessageReporting: silent, tsdocMessageReporting: silent },
    },
  });
}

/** @param {string} entry */
function nameOf(entry) {
  const folder = basename(dirname(entry));
  return folder === 'dist' ? 'root' : folder;
}
