import vm from 'node:vm';

if (!('SourceTextModule' in vm)) {
  throw new Error('Start Jest through npm (npm test, npx jest): .npmrc passes the flag that it needs.');
}

const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false }] },
  modulePathIgnorePatterns: ['/dist/'],
  moduleNameMapper: {
    '^nestjs-signals$': '<rootDir>/libs/signals/src/index.ts',
    '^nestjs-signals/(.*)$': '<rootDir>/libs/signals/src/$1/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

export default {
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts'] },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'] },
  ],
};
