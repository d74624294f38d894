import { exec } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import {
  PackedLibrary,
  runNode,
  type Manifest,
  type ModuleKind,
  type Project,
} from './packed-library.js';

const ENTRIES = [
  '',
  '/core',
  '/integration',
  '/diagnostics',
  '/nestjs',
  '/typeorm',
  '/durable',
  '/bullmq',
  '/nats',
  '/event-emitter',
  '/inspector',
  '/prometheus',
  '/telemetry',
  '/testing',
].map((path) => `nestjs-signals${path}`);
const PEERS = [
  '@nats-io/jetstream',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/event-emitter',
  '@opentelemetry/api',
  'bullmq',
  'pg-boss',
  'typeorm',
  'typescript',
];

const LOADING: Readonly<Record<ModuleKind, string>> = {
  module: `import { defineSignal, Signals } from 'nestjs-signals/core';`,
  commonjs: `const { defineSignal, Signals } = require('nestjs-signals/core');`,
};

describe('The package of the library', () => {
  let library: PackedLibrary;
  /** A project with nothing but the library. */
  let alone: Project;
  /** A project with everything that the library works with. */
  let together: Project;
  let manifest: Manifest;

  beforeAll(async () => {
    library = await PackedLibrary.make();
    alone = await library.installIn('alone', []);
    together = await library.installIn('together', ['@types/node', ...PEERS]);
    manifest = await alone.manifest();
  }, 120_000);

  afterAll(() => library.remove());

  it('holds the build, its command, its pages, the licence, the readme and the changelog alone', async () => {
    const files = await library.files();
    const isBuilt = (file: string): boolean =>
      /^package\/dist\/.+(?<!\.spec)(\.js|\.d\.ts)$/.test(file) ||
      file.startsWith('package/dist/inspector/page/');
    const isPage = (file: string): boolean => /^package\/docs\/[a-z-]+\.md$/i.test(file);

    expect(files.filter((file) => !isBuilt(file) && !isPage(file)).toSorted()).toEqual([
      'package/CHANGELOG.md',
      'package/LICENSE',
      'package/README.md',
      'package/bin/signals.mjs',
      'package/package.json',
    ]);
    expect(files).toEqual(
      expect.arrayContaining([
        'package/dist/index.js',
        'package/dist/index.d.ts',
        'package/dist/inspector/page/index.html',
        'package/dist/inspector/page/assets/names.json',
      ]),
    );
  });

  it('is of the version of the repository, and comes from its sources in no other way', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    const source = JSON.parse(await readFile('libs/signals/package.json', 'utf8'));
    const npm = (command: string): Promise<unknown> =>
      promisify(exec)(`npm ${command} --workspace nestjs-signals --dry-run`);

    expect(manifest).toMatchObject({ name: 'nestjs-signals', version });
    expect(source).not.toHaveProperty('version');
    await expect(npm('pack')).rejects.toThrow('must have name and version');
    await expect(npm('publish')).rejects.toThrow('npm error');
  }, 60_000);

  it('says nothing that a build for CommonJS cannot say', async () => {
    const inModulesAlone = /^(?!\s*\*).*\bimport\.meta\b|^(?:const .+ = )?await /m;

    // The command is a program of its own: nobody imports it.
    expect(await alone.filesThatSay(inModulesAlone)).toEqual(['dist/cli/main.js']);
  });

  it('depends on the parser of its command alone, and works with its peers only where they are', () => {
    const { dependencies, peerDependencies, peerDependenciesMeta } = manifest;

    expect(Object.keys(dependencies ?? {})).toEqual(['commander']);
    expect(Object.keys(peerDependencies).toSorted()).toEqual(PEERS);
    for (const peer of PEERS) expect(peerDependenciesMeta[peer]).toEqual({ optional: true });
  });

  it('is entered where its manifest says', () => {
    const entries = Object.keys(manifest.exports).map((path) =>
      path.replace('.', 'nestjs-signals'),
    );

    expect(entries.toSorted()).toEqual([...ENTRIES, 'nestjs-signals/package.json'].toSorted());
  });

  it('satisfies publint', async () => {
    const publint = 'node_modules/publint/src/cli.js';

    expect(await runNode([publint, library.tarball, '--strict'])).toContain('All good!');
  });

  it('satisfies arethetypeswrong, which need not know that require() loads ES modules', async () => {
    const attw = 'node_modules/@arethetypeswrong/cli/dist/index.js';
    const args = [attw, library.tarball, '--ignore-rules', 'cjs-resolves-to-esm', '--no-color'];

    expect(await runNode(args)).toContain('No problems found');
  }, 60_000);

  it.each(['module', 'commonjs'] as const)('works alone, loaded as %s', async (kind) => {
    const program = `${LOADING[kind]}
      const greeted = defineSignal('greeted');
      const signals = new Signals();
      signals.connect(greeted, (name) => console.log('Hello ' + name));
      void signals.send(greeted, 'Ada');`;

    expect(await alone.evaluate(kind, program)).toBe('Hello Ada');
  });

  it('has the types of its core without any other package', async () => {
    expect(await alone.complaints('core.tsconfig.json')).toBe('');
  });

  it.each(ENTRIES)('gives all of %s to import', async (entry) => {
    const sources: object = await import(entry);
    const program = `console.log(Object.keys(await import('${entry}')).sort().join());`;

    expect(await together.evaluate('module', program)).toBe(Object.keys(sources).toSorted().join());
  });

  it.each(ENTRIES)('gives the very same %s to require()', async (entry) => {
    const program = `
      const required = require('${entry}');
      import('${entry}').then((imported) => {
        const names = new Set([...Object.keys(required), ...Object.keys(imported)]);
        console.log([...names].filter((name) => required[name] !== imported[name]).join() || 'same');
      });`;

    expect(await together.evaluate('commonjs', program)).toBe('same');
  });

  it('changes nothing around it by being imported, but for where its copies find each other', async () => {
    const program = `
      for (const peer of ${JSON.stringify(PEERS)}) await import(peer);
      const { EntityManager, SelectQueryBuilder } = await import('typeorm');
      const places = { globalThis, Error, Object, Promise, process, Symbol, manager: EntityManager.prototype, builder: SelectQueryBuilder.prototype };
      const seen = () => new Map(Object.entries(places).flatMap(([name, place]) =>
        Reflect.ownKeys(place).map((key) => {
          const { value, get } = Reflect.getOwnPropertyDescriptor(place, key);
          return [name + '.' + String(key), typeof value === 'function' ? value : get ?? key];
        })));
      const before = [seen(), process.eventNames().join()];
      for (const entry of ${JSON.stringify(ENTRIES)}) await import(entry);
      const after = seen();
      const changed = [...after].filter(([key, value]) => before[0].get(key) !== value).map(([key]) => key);
      console.log(changed.join() || 'nothing', process.eventNames().join() === before[1]);`;

    expect(await together.evaluate('module', program)).toBe(
      'globalThis.Symbol(nestjs-signals.copies) true',
    );
  });

  it('has types that fit the strictest settings, from modules and from CommonJS', async () => {
    expect(await together.complaints('strictest.tsconfig.json')).toBe('');
  }, 60_000);

  it('has such types for durable receivers, too, where pg-boss and NATS have others', async () => {
    const complaints = await together.complaints('durable.tsconfig.json');
    const begin = complaints.split('\n').filter((line) => /^\S/.test(line));

    expect(begin.filter((line) => !/node_modules\/(pg-boss|@nats-io)\//.test(line))).toEqual([]);
  }, 60_000);
});
