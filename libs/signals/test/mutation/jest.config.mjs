import jest from '../../../../jest.config.mjs';

/** Which specs run is said by the configuration of each part. None of them needs Nest beforehand. */
export default {
  ...jest.projects[0],
  rootDir: '../../../..',
  setupFiles: [],
  testTimeout: 10_000,
};
