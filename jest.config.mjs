import vm from 'node:vm';

if (!('SourceTextModule' in vm)) {
  throw new Error(
    'Start Jest through npm (npm test, npx jest): .npmrc passes the flag that it needs.',
  );
}

const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  // Types are checked once for the whole project, by test/project/types.e2e-spec.ts.
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false }] },
  // A CommonJS package that requires Nest's ES modules finds them loaded.
  setupFiles: ['<rootDir>/test/support/load-nest.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/libs/[^/]+/dist/', '<rootDir>/.data/'],
  moduleNameMapper: {
    '^nestjs-signals$': '<rootDir>/libs/signals/src/index.ts',
    '^nestjs-signals/(.*)$': '<rootDir>/libs/signals/src/$1/index.ts',
    '^nestjs-signals-inspector$': '<rootDir>/libs/signals-inspector/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

/** Of the versions of pg-boss that are supported, the oldest; all else runs on the latest. */
const oldestEngine = {
  ...shared,
  displayName: 'oldest pg-boss',
  moduleNameMapper: {
    ...shared.moduleNameMapper,
    '^pg-boss$': '<rootDir>/node_modules/pg-boss-oldest/dist/index.js',
  },
  testMatch: [
    '<rootDir>/libs/signals/test/durable/{dead-letters,delivering,external-effects,ordering,schema}.spec.ts',
  ],
};

/** Needs servers, which `npm test` looks for (scripts/tests/brokers.mjs). */
const brokers = {
  ...shared,
  displayName: 'brokers',
  testMatch: ['<rootDir>/libs/**/*.broker-spec.ts'],
};
const { REDIS_SERVER, NATS_SERVER } = process.env;

export default {
  reporters: ['default', './scripts/tests/tally-reporter.mjs'],
  maxWorkers: '100%',
  testTimeout: 30_000,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts'] },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'] },
    oldestEngine,
    ...(REDIS_SERVER && NATS_SERVER ? [brokers] : []),
  ],
};
