import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
} from '@microsoft/api-extractor';

import { ensureLibraryBuilt, settingsOf } from '../../scripts/launcher/build.mjs';
import { ensureInstalled } from '../../scripts/launcher/install.mjs';
import { launch } from '../../scripts/launcher/launch.mjs';
import { inProject } from '../../scripts/launcher/project.mjs';
import { chooseRuntime } from '../../scripts/launcher/runtime.mjs';

const HELP = `npm run report:api

Writes every public name of the packages with its signature into the folder api of each, a file for each import.
test/project/api-report.e2e-spec.ts compares those files with the code.

  --into  the folder to write into, a folder for each package
`;

/** The packages that have something to import. */
const PACKAGES = /** @type {const} */ (['signals', 'signals-inspector']);

const { values } = parseArgs({
  options: {
    into: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit();
}

await launch(async ({ asked }) => {
  await ensureInstalled(asked);
  await ensureLibraryBuilt(await chooseRuntime(asked), asked);
  const work = await mkdtemp(join(tmpdir(), 'api-'));
  try {
    let succeeded = true;
    for (const name of PACKAGES) {
      const place = placeOf(name, work);
      await empty(place.reports);
      succeeded = report(await entriesIn(place.library), place) && succeeded;
    }
    return succeeded ? 0 : 1;
  } finally {
    await rm(work, { recursive: true });
  }
});

/**
 * @typedef {{ library: string, settings: string, reports: string, work: string }} Place
 *
 * @param {typeof PACKAGES[number]} name
 * @param {string} work
 * @returns {Place}
 */
function placeOf(name, work) {
  const library = inProject('libs', name);
  const reports = values.into ? resolve(values.into, name) : join(library, 'api');
  return { library, settings: settingsOf(name), reports, work };
}

/**
 * The declarations of each import that the manifest of a package names.
 *
 * @param {string} library
 * @returns {Promise<string[]>}
 */
async function entriesIn(library) {
  const manifest = JSON.parse(await readFile(join(library, 'package.json'), 'utf8'));
  return Object.values(manifest.exports).flatMap(({ types }) =>
    types ? [join(library, types)] : [],
  );
}

/** Leaves no report of what is no longer there. @param {string} folder */
async function empty(folder) {
  await mkdir(folder, { recursive: true });
  const reports = (await readdir(folder)).filter((file) => file.endsWith('.api.md'));
  await Promise.all(reports.map((file) => rm(join(folder, file))));
}

/** @param {string[]} entries @param {Place} place */
function report(entries, place) {
  const configs = entries.map((entry) => configOf(entry, place));
  const [first] = configs;
  if (!first) throw new Error('The manifest names no declarations.');
  const compilerState = CompilerState.create(first, { additionalEntryPoints: entries });
  const invoke = (/** @type {ExtractorConfig} */ config) =>
    Extractor.invoke(config, {
      compilerState,
      localBuild: true,
      messageCallback: (message) => {
        message.handled = message.logLevel !== ExtractorLogLevel.Error;
      },
    });
  return configs.map(invoke).every(({ succeeded }) => succeeded);
}

/** @param {string} entry @param {Place} place */
function configOf(entry, { library, settings, reports, work }) {
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
        reportFolder: reports,
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
