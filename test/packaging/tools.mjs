/**
 * Something that compiles, bundles or tests a project, with the settings that the documents give and
 * no other: its packages and files, what it adds to `package.json`, and the programs that Node runs.
 *
 * @typedef {{
 *   packages: Record<string, string>,
 *   files: Record<string, string>,
 *   manifest?: Record<string, unknown>,
 *   programs: string[][],
 * }} Tool
 */

/** As docs/building.md has it. */
const TRANSFORM_IGNORE = ['/node_modules/(?!\\.pnpm/|nestjs-signals)'];
const JEST_PROGRAM = 'node_modules/jest/bin/jest.js';

/** @param {string} version @returns {Tool} */
export function jestWith(version) {
  return {
    packages: { jest: version, '@jest/globals': version, 'ts-jest': '29.4.15' },
    files: {
      'spec/kit.spec.ts': kitSpec(`import { afterAll, beforeAll, it } from '@jest/globals';`),
    },
    manifest: {
      jest: {
        rootDir: 'spec',
        testRegex: '.*\\.spec\\.ts$',
        transformIgnorePatterns: TRANSFORM_IGNORE,
        transform: { '^.+\\.(t|j)s$': 'ts-jest' },
        testEnvironment: 'node',
      },
    },
    programs: [[JEST_PROGRAM]],
  };
}

export const JEST = jestWith('30.5.2');

/** Jest, with another compiler for the package. @type {Tool} */
export const BABEL = {
  packages: {
    ...JEST.packages,
    'babel-jest': '30.5.2',
    '@babel/core': '^7.28.0',
    '@babel/preset-env': '^7.28.0',
    '@swc/jest': '^0.2.39',
  },
  files: {
    ...JEST.files,
    'babel.jest.config.cjs': jestConfig(
      `['babel-jest', { presets: [['@babel/preset-env', { targets: { node: 'current' } }]] }]`,
    ),
    'swc.jest.config.cjs': jestConfig(`'@swc/jest'`),
  },
  programs: [
    [JEST_PROGRAM, '--config', 'babel.jest.config.cjs'],
    [JEST_PROGRAM, '--config', 'swc.jest.config.cjs'],
  ],
};

/** @type {Tool} */
export const VITEST = {
  packages: { vitest: '5.1.2' },
  files: {
    'vitest/kit.spec.ts': kitSpec(`import { afterAll, beforeAll, it } from 'vitest';`),
    // Of the consumer's files none is a test.
    'vitest.config.mjs': `export default { test: { include: ['vitest/*.spec.ts'] } };`,
  },
  programs: [['node_modules/vitest/vitest.mjs', 'run']],
};

/** @type {Tool} */
export const NODE_TEST = {
  packages: {},
  files: {
    'src/kit.test.ts': kitSpec(
      `import { after as afterAll, before as beforeAll, it } from 'node:test';`,
    ),
  },
  programs: [['--test', 'dist/kit.test.js']],
};

/** Compiles the application anew, and runs it. @type {Tool} */
export const SWC = {
  packages: { '@swc/core': '^1.13.0' },
  files: {
    'swc.cjs': `
const { transformFileSync } = require('@swc/core');
const { readdirSync, rmSync, writeFileSync, mkdirSync } = require('node:fs');
rmSync('dist', { recursive: true });
mkdirSync('dist');
for (const file of readdirSync('src')) {
  const name = file.replace(/ts$/, 'js');
  const { code, map } = transformFileSync('src/' + file, {
    sourceMaps: true,
    sourceFileName: '../src/' + file,
    module: { type: 'commonjs' },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  writeFileSync('dist/' + name, code + '\\n//# sourceMappingURL=' + name + '.map');
  writeFileSync('dist/' + name + '.map', map);
}`,
  },
  programs: [['swc.cjs'], ['dist/main.js']],
};

const OPTIONAL =
  /^(@nestjs\/(microservices|websockets|sequelize|mongoose)|@mikro-orm\/core|class-(validator|transformer)|pg-native|react-native-sqlite-storage|mysql2?|better-sqlite3|sqlite3|sql\.js|oracledb|mssql|mongodb|redis|ioredis|typeorm-aurora-data-api-driver|hdb-pool|@sap\/hana-client|@google-cloud\/spanner|pg-query-stream|@prometheus-io\/client|pg-boss|@opentelemetry\/api)(\/|$)/;

/** Each runs the application from one file. @type {Tool[]} */
export const BUNDLES = [
  {
    packages: { esbuild: '^0.25.0' },
    files: {
      'esbuild.mjs': `
import { build } from 'esbuild';
const optional = { name: 'optional', setup: ({ onResolve }) => onResolve({ filter: ${OPTIONAL} }, ({ path }) => ({ path, external: true })) };
const shared = { entryPoints: ['dist/main.js'], bundle: true, platform: 'node', keepNames: true, sourcemap: true, logLevel: 'error', plugins: [optional] };
const required = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url); const { dirname: __dirname, filename: __filename } = import.meta;';
await build({ ...shared, format: 'cjs', outfile: 'bundled/esbuild.cjs' });
await build({ ...shared, format: 'esm', outfile: 'bundled/esbuild.mjs', banner: { js: required } });`,
    },
    programs: [['esbuild.mjs'], ['bundled/esbuild.cjs'], ['bundled/esbuild.mjs']],
  },
  {
    packages: { webpack: '^5.100.0' },
    files: {
      'webpack.cjs': `
const webpack = require('webpack');
const optional = ({ request }, answer) => ${OPTIONAL}.test(request) ? answer(null, 'commonjs ' + request) : answer();
webpack({ mode: 'production', target: 'node', entry: './dist/main.js', externals: [optional], optimization: { minimize: false }, output: { path: __dirname + '/bundled', filename: 'webpack.cjs' } }, (error, stats) => {
  if (!error && !stats.hasErrors()) return;
  console.error(error ?? stats.toString({ all: false, errors: true }));
  process.exit(1);
});`,
    },
    programs: [['webpack.cjs'], ['bundled/webpack.cjs']],
  },
];

/** @param {string} compiler */
function jestConfig(compiler) {
  return `module.exports = {
  rootDir: 'spec',
  testRegex: '.*\\\\.spec\\\\.ts$',
  transformIgnorePatterns: ${JSON.stringify(TRANSFORM_IGNORE)},
  transform: { 'nestjs-signals.*\\\\.js$': ${compiler}, '^.+\\\\.ts$': 'ts-jest' },
  testEnvironment: 'node',
};`;
}

/** A test of the testing kit that any runner runs. @param {string} imports */
function kitSpec(imports) {
  return `${imports}
import { strict as assert } from 'node:assert';
import { DataSource } from 'typeorm';
import { adminOf, defineSignal, Signals } from 'nestjs-signals';
import * as inspector from 'nestjs-signals-inspector';
import * as nest from 'nestjs-signals/nestjs';
import * as prometheus from 'nestjs-signals/prometheus';
import { captureOnCommit, mute, rolledBackTest, spyOn } from 'nestjs-signals/testing';
import { atomic, onCommit, typeOrmSignals } from 'nestjs-signals/typeorm';

const greeted = defineSignal<{ id: number }>('tests.greeted');
const signals = new Signals();
const database = new DataSource({ type: 'postgres', url: String(process.env['DATABASE_URL']) });
let attached: Disposable;

beforeAll(async () => {
  await database.initialize();
  const host = { signals, onError: console.error, resolve: () => undefined };
  attached = typeOrmSignals({ dataSources: { default: database } }).attach(host);
});
afterAll(async () => {
  await adminOf(signals).close();
  attached[Symbol.dispose]();
  await database.destroy();
});

it('loads what an application imports', () => {
  for (const part of [inspector, nest, prometheus]) assert.ok(Object.keys(part).length > 0);
});
it('sends, and disconnects', async () => {
  const heard: number[] = [];
  const connection = signals.connect(greeted, ({ id }) => void heard.push(id));
  await signals.send(greeted, { id: 1 });
  connection[Symbol.dispose]();
  assert.deepEqual(heard, [1]);
  assert.equal(adminOf(signals).hasReceivers(greeted, null), false);
});
it('captures what waits for the commit', async () => {
  const captured = await captureOnCommit(() => atomic(database, async () => onCommit(() => {})));
  assert.equal(captured.length, 1);
});
it('rolls back', () => rolledBackTest(database, async () => void (await database.query('select 1'))));
it('spies and mutes', async () => {
  using spy = spyOn(signals, greeted);
  await signals.send(greeted, { id: 2 });
  assert.deepEqual(spy.payloads, [{ id: 2 }]);
  using quiet = mute(signals, { signal: greeted });
  assert.ok(quiet);
});
`;
}
