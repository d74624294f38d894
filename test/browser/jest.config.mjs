import configuration from '../../jest.config.mjs';

const [{ ...shared }] = configuration.projects;

/** Stories in a real browser. Run by npm run test:browser, which builds what they look at. */
export default {
  ...shared,
  rootDir: '../..',
  displayName: 'browser',
  testMatch: ['<rootDir>/test/browser/**/*.browser-spec.ts'],
  globalSetup: '<rootDir>/test/browser/support/setup.mjs',
  globalTeardown: '<rootDir>/test/browser/support/teardown.mjs',
  reporters: configuration.reporters,
  testTimeout: 120_000,
  maxWorkers: 3,
};
