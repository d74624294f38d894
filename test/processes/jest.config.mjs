import configuration from '../../jest.config.mjs';

const [{ ...shared }] = configuration.projects;

/** Stories of several processes, some of them killed. Run by npm run test:processes, which builds them. */
export default {
  ...shared,
  rootDir: '../..',
  displayName: 'processes',
  testMatch: ['<rootDir>/test/processes/**/*.processes-spec.ts'],
  reporters: configuration.reporters,
  testTimeout: 2_400_000,
  // Each story wants the processors for itself.
  maxWorkers: 1,
};
