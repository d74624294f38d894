const LIB = 'libs/signals/src';
const INSPECTOR = 'libs/signals-inspector/src';
const CLI = 'libs/signals-cli/src';
const API = 'apps/api/src';
/** What a subpath of the library sees of the core. The root loads Nest, so that subpaths leave it alone. */
const FACES = ['core', 'integration', 'diagnostics'].map((face) => `${LIB}/${face}/index.ts`);
/** Of the package as a whole: where it lies, and symbols that old test runners lack. */
const PACKAGE = [`${LIB}/own-file.ts`, `${LIB}/symbol-dispose.ts`];
const NEST = ['@nestjs/common', '@nestjs/core'];

/**
 * Who may import whom, types included: a folder, and what it may import beside its own files and what is
 * built into Node. A path is a file or, with a slash at its end, a folder; any other name is a package.
 */
const MAY_IMPORT = {
  [`${LIB}/core/`]: PACKAGE,
  [`${LIB}/integration/`]: [`${LIB}/core/`, ...PACKAGE],
  [`${LIB}/diagnostics/`]: [`${LIB}/core/`, ...PACKAGE],
  [`${LIB}/nestjs/`]: [...FACES, ...NEST],
  [`${LIB}/typeorm/`]: [...FACES, 'typeorm'],
  [`${LIB}/durable/`]: [
    ...FACES,
    `${LIB}/nestjs/receiver.decorator.ts`,
    `${LIB}/typeorm/transactions/transaction-statement.ts`,
    'typeorm',
    'pg-boss',
  ],
  [`${LIB}/event-emitter/`]: [...FACES, '@nestjs/event-emitter'],
  [`${LIB}/bullmq/`]: [...FACES, 'bullmq'],
  [`${LIB}/nats/`]: [...FACES, '@nats-io/jetstream'],
  [`${LIB}/telemetry/`]: [...FACES, '@opentelemetry/api'],
  [`${LIB}/prometheus/`]: [...FACES],
  [`${LIB}/testing/`]: [...FACES, ...PACKAGE, `${LIB}/core/`, `${LIB}/typeorm/`, 'typeorm'],
  [`${INSPECTOR}/`]: [...FACES, `${LIB}/nestjs/index.ts`, ...NEST],
  [`${INSPECTOR}/page/`]: [`${INSPECTOR}/recorder/`, 'preact', 'vite'],
  [`${CLI}/`]: [
    ...[...FACES, `${LIB}/index.ts`, `${LIB}/nestjs/index.ts`, `${INSPECTOR}/index.ts`],
    ...[...NEST, 'typeorm', 'commander', 'typescript'],
  ],
  'scripts/': [],
  'scripts/tests/': ['scripts/', 'pg'],
};

/** Modules of the application, each after those that it may import. Others may import any of these. */
const LAYERS = ['platform', 'accounts', 'orders', 'billing', 'notifications'];

/** Folders whose folders are entered by their index. */
const HOUSES = [API, CLI];

export default {
  forbidden: [
    rule('no circle of imports', {}, { circular: true }),
    ...Object.entries(MAY_IMPORT).map(([folder, allowed]) =>
      rule(
        `${folder} imports what its row allows`,
        { path: within(folder), pathNot: inner(folder) },
        { pathNot: [within(folder), ...allowed.flatMap(target)], dependencyTypesNot: ['core'] },
      ),
    ),
    ...LAYERS.map((module, index) =>
      rule(
        `${module} does not know who hears its signals`,
        { path: `^${API}/${module}/` },
        {
          path: `^${API}/`,
          pathNot: LAYERS.slice(0, index + 1).map((known) => `^${API}/${known}/`),
        },
      ),
    ),
    rule(
      'audit listens by entity, and knows no module',
      { path: `^${API}/audit/` },
      { path: `^${API}/`, pathNot: [`^${API}/audit/`, `^${API}/platform/`] },
    ),
    ...HOUSES.flatMap((house) => [
      rule(
        `a folder of ${house} is entered by its index`,
        { path: `^${house}/([^/]+)/` },
        { path: `^${house}/[^/]+/`, pathNot: [`^${house}/$1/`, `^${house}/[^/]+/index\\.ts$`] },
      ),
      rule(
        `a folder of ${house} is entered by its index, from beside it`,
        { path: `^${house}/[^/]+$` },
        { path: `^${house}/[^/]+/`, pathNot: `^${house}/[^/]+/index\\.ts$` },
      ),
    ]),
    rule('the library knows no application', { path: '^libs/' }, { path: '^apps/' }),
    rule(
      'a package is imported by its name',
      { path: '^(apps|test|libs/([^/]+)/src)/' },
      { path: '^libs/[^/]+/src/', pathNot: '^libs/$2/src/', dependencyTypesNot: ['aliased'] },
    ),
    rule(
      'pages know the API by its description alone',
      { path: '^apps/web/' },
      { path: ['^apps/api/', '^libs/', '^node_modules/(nestjs-signals|typeorm|@nestjs)/'] },
    ),
    rule(
      'a migration stays as it is, whatever the code becomes',
      { path: '^apps/api/migrations/' },
      { path: '^(apps|libs)/', pathNot: '^apps/api/migrations/' },
    ),
    rule(
      'tests come in by the application, or by the index of a module',
      { path: '^test/' },
      {
        path: '^apps/',
        pathNot: [
          `^${API}/[^/]+$`,
          `^${API}/[^/]+/index\\.ts$`,
          '^apps/api/migrations/index\\.ts$',
        ],
      },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.data)/' },
  },
};

function rule(name, from, to) {
  return { name, severity: 'error', from, to };
}

/** All files of a folder. */
function within(folder) {
  return `^${folder}`;
}

/** Folders inside it that have a row of their own. */
function inner(folder) {
  return Object.keys(MAY_IMPORT)
    .filter((other) => other !== folder && other.startsWith(folder))
    .map(within);
}

function target(name) {
  const isPath = /^(apps|libs|scripts)\//.test(name);
  if (!isPath) return [`node_modules/${name}/`, `^${name}$`];
  return name.endsWith('/') ? within(name) : `^${name.replaceAll('.', '\\.')}$`;
}
