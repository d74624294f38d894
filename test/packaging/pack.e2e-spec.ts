import { exec } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import {
  PACKAGES,
  PackedLibrary,
  runNode,
  type Manifest,
  type ModuleKind,
  type PackageName,
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
  '/prometheus',
  '/telemetry',
  '/testing',
].map((path) => `nestjs-signals${path}`);
const ALL_ENTRIES = [...ENTRIES, 'nestjs-signals-inspector'];
const PEERS = [
  '@nats-io/jetstream',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/event-emitter',
  '@opentelemetry/api',
  'bullmq',
  'pg-boss',
  'typeorm',
];

const LOADING: Readonly<Record<ModuleKind, string>> = {
  module: `import { defineSignal, Signals } from 'nestjs-signals/core';`,
  commonjs: `const { defineSignal, Signals } = require('nestjs-signals/core');`,
};

describe('The packages of the library', () => {
  let library: PackedLibrary;
  /** A project with nothing but its main package. */
  let alone: Project;
  /** A project with all packages, and with everything that they work with. */
  let together: Project;
  let manifests: Record<PackageName, Manifest>;

  beforeAll(async () => {
    library = await PackedLibrary.make();
    alone = await library.installIn('alone', [], ['nestjs-signals']);
    together = await library.installIn('together', [
      '@types/node',
      'commander',
      'typescript',
      ...PEERS,
    ]);
    const read = PACKAGES.map(async (name) => [name, await together.manifest(name)] as const);
    manifests = Object.fromEntries(await Promise.all(read)) as Record<PackageName, Manifest>;
  }, 120_000);

  afterAll(() => library.remove());

  it.each([
    ['nestjs-signals', [], ['dist/index.js', 'dist/index.d.ts']],
    [
      'nestjs-signals-inspector',
      [],
      [
        'dist/index.d.ts',
        'dist/inspector/page/index.html',
        'dist/inspector/page/assets/names.json',
      ],
    ],
    ['nestjs-signals-cli', ['bin/signals.mjs'], ['dist/main.js']],
  ] as const)('hold as %s the build, the licence and documents alone', async (name, own, some) => {
    const files = await library.files(name);
    const isBuilt = (file: string): boolean =>
      /^package\/dist\/.+(?<!\.spec)(\.js|\.d\.ts)$/.test(file) ||
      file.startsWith('package/dist/inspector/page/');
    const isPage = (file: string): boolean => /^package\/docs\/[a-z-]+\.md$/i.test(file);

    const always = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
    const packed = (paths: readonly string[]) => paths.map((path) => `package/${path}`);
    expect(files.filter((file) => !isBuilt(file) && !isPage(file)).toSorted()).toEqual(
      packed([...always, ...own]).toSorted(),
    );
    expect(files).toEqual(expect.arrayContaining(packed(some)));
  });

  it.each([
    ['nestjs-signals', 'libs/signals'],
    ['nestjs-signals-inspector', 'libs/signals-inspector'],
    ['nestjs-signals-cli', 'libs/signals-cli'],
  ] as const)(
    'have as %s the version of the repository, and come from %s in no other way',
    async (name, folder) => {
      const { version } = JSON.parse(await readFile('package.json', 'utf8'));
      const source = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
      const npm = (command: string): Promise<unknown> =>
        promisify(exec)(`npm ${command} --workspace ${name} --dry-run`);

      expect(manifests[name]).toMatchObject({ name, version });
      expect(source).not.toHaveProperty('version');
      await expect(npm('pack')).rejects.toThrow('must have name and version');
      await expect(npm('publish')).rejects.toThrow('npm error');
    },
    60_000,
  );

  // The command is a program: nobody imports it.
  it.each(['nestjs-signals', 'nestjs-signals-inspector'] as const)(
    'say in %s nothing that a build for CommonJS cannot say',
    async (name) => {
      const inModulesAlone = /^(?!\s*\*).*\bimport\.meta\b|^(?:const .+ = )?await /m;

      expect(await together.filesThatSay(name, inModulesAlone)).toEqual([]);
    },
  );

  it('depend on nothing but what the command brings, and work with peers where they are', () => {
    const { 'nestjs-signals': main, 'nestjs-signals-cli': command } = manifests;

    expect(main).not.toHaveProperty('dependencies');
    expect(Object.keys(main.peerDependencies).toSorted()).toEqual(PEERS);
    for (const peer of PEERS) expect(main.peerDependenciesMeta?.[peer]).toEqual({ optional: true });
    expect(manifests['nestjs-signals-inspector']).not.toHaveProperty('dependencies');
    expect(Object.keys(command.dependencies ?? {})).toEqual(['commander', 'typescript']);
  });

  it('fit together in the version of the repository', () => {
    const { 'nestjs-signals-inspector': inspector, 'nestjs-signals-cli': command } = manifests;
    const range = `^${command.version}`;

    expect(inspector.peerDependencies).toMatchObject({ 'nestjs-signals': range });
    expect(command.peerDependencies).toMatchObject({
      'nestjs-signals': range,
      'nestjs-signals-inspector': range,
    });
  });

  it('are entered where their manifests say', () => {
    const entries = PACKAGES.flatMap((name) =>
      Object.keys(manifests[name].exports).map((path) => path.replace('.', name)),
    );

    expect(entries.toSorted()).toEqual(
      [...ALL_ENTRIES, ...PACKAGES.map((name) => `${name}/package.json`)].toSorted(),
    );
  });

  it.each(PACKAGES)('satisfy publint as %s', async (name) => {
    const publint = 'node_modules/publint/src/cli.js';

    expect(await runNode([publint, library.tarball(name), '--strict'])).toContain('All good!');
  });

  it.each(PACKAGES)(
    'satisfy arethetypeswrong as %s, which need not know that require() loads ES modules',
    async (name) => {
      const attw = 'node_modules/@arethetypeswrong/cli/dist/index.js';
      const args = [
        attw,
        library.tarball(name),
        '--ignore-rules',
        'cjs-resolves-to-esm',
        '--no-color',
      ];

      expect(await runNode(args)).toContain('No problems found');
    },
    60_000,
  );

  it.each(['module', 'commonjs'] as const)('work alone, loaded as %s', async (kind) => {
    const program = `${LOADING[kind]}
      const greeted = defineSignal('greeted');
      const signals = new Signals();
      signals.connect(greeted, (name) => console.log('Hello ' + name));
      void signals.send(greeted, 'Ada');`;

    expect(await alone.evaluate(kind, program)).toBe('Hello Ada');
  });

  it('have the types of the core without any other package', async () => {
    expect(await alone.complaints('core.tsconfig.json')).toBe('');
  });

  it.each(ALL_ENTRIES)('give all of %s to import', async (entry) => {
    const sources: object = await import(entry);
    const program = `console.log(Object.keys(await import('${entry}')).sort().join());`;

    expect(await together.evaluate('module', program)).toBe(Object.keys(sources).toSorted().join());
  });

  it.each(ALL_ENTRIES)('give the very same %s to require()', async (entry) => {
    const program = `
      const required = require('${entry}');
      import('${entry}').then((imported) => {
        const names = new Set([...Object.keys(required), ...Object.keys(imported)]);
        console.log([...names].filter((name) => required[name] !== imported[name]).join() || 'same');
      });`;

    expect(await together.evaluate('commonjs', program)).toBe('same');
  });

  it('change nothing around them by being imported, but for where copies find each other', async () => {
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
      for (const entry of ${JSON.stringify(ALL_ENTRIES)}) await import(entry);
      const after = seen();
      const changed = [...after].filter(([key, value]) => before[0].get(key) !== value).map(([key]) => key);
      console.log(changed.join() || 'nothing', process.eventNames().join() === before[1]);`;

    expect(await together.evaluate('module', program)).toBe(
      'globalThis.Symbol(nestjs-signals.copies) true',
    );
  });

  it('have types that fit the strictest settings, from modules and from CommonJS', async () => {
    expect(await together.complaints('strictest.tsconfig.json')).toBe('');
  }, 60_000);

  it('have such types for durable receivers, too, where pg-boss and NATS have others', async () => {
    const complaints = await together.complaints('durable.tsconfig.json');
    const begin = complaints.split('\n').filter((line) => /^\S/.test(line));

    expect(begin.filter((line) => !/node_modules\/(pg-boss|@nats-io)\//.test(line))).toEqual([]);
  }, 60_000);
});
