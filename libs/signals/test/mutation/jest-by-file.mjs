import { readFileSync, writeFileSync } from 'node:fs';

import {
  commonTokens,
  declareFactoryPlugin,
  PluginKind,
  tokens,
} from '@stryker-mutator/api/plugin';
import { DryRunStatus, MutantRunStatus } from '@stryker-mutator/api/test-runner';
import { strykerPlugins as jestPlugins } from '@stryker-mutator/jest-runner';

export { strykerValidationSchema } from '@stryker-mutator/jest-runner';

/** In the sandbox, which is the working directory of each process that runs tests. */
const INDEX = 'specs-by-test.json';

/** @typedef {import('@stryker-mutator/api/test-runner').TestRunner} TestRunner */
/** @typedef {TestRunner & { jestConfig: object, init(): Promise<void> }} JestRunner */

/**
 * Stryker's runner for Jest loads every spec for every mutant. This one has it load those with a
 * test that reaches the mutant, one after the other until one kills it, the latest killer first:
 * neighbours die of the same tests.
 *
 * @implements {TestRunner}
 */
class JestByFile {
  #jest;
  /** @type {readonly string[]} */
  #killers = [];
  /** @type {Record<string, string[]> | undefined} */
  #specsByTest;

  /** @param {JestRunner} jest */
  constructor(jest) {
    this.#jest = jest;
  }

  capabilities() {
    return this.#jest.capabilities();
  }

  init() {
    return this.#jest.init();
  }

  /** @type {TestRunner['dryRun']} */
  async dryRun(options) {
    const result = await this.#jest.dryRun(options);
    if (result.status === DryRunStatus.Complete) {
      /** @type {Record<string, (string | undefined)[]>} */
      const specsByTest = {};
      for (const { id, fileName } of result.tests) (specsByTest[id] ??= []).push(fileName);
      writeFileSync(INDEX, JSON.stringify(specsByTest));
    }
    return result;
  }

  /** @type {TestRunner['mutantRun']} */
  async mutantRun(options) {
    const { jestConfig } = this.#jest;
    let nrOfTests = 0;
    try {
      for (const spec of this.#specsOf(options.testFilter)) {
        this.#jest.jestConfig = { ...jestConfig, testMatch: [spec] };
        const result = await this.#jest.mutantRun(options);
        if (result.status !== MutantRunStatus.Survived) {
          this.#killers = [spec, ...this.#killers.filter((other) => other !== spec)];
          return result;
        }
        nrOfTests += result.nrOfTests;
      }
    } finally {
      this.#jest.jestConfig = jestConfig;
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }

  /** @param {readonly string[] | undefined} tests undefined for a mutant that acts while files load: any. */
  #specsOf(tests) {
    /** @type {Record<string, string[]>} */
    const specsByTest = (this.#specsByTest ??= JSON.parse(readFileSync(INDEX, 'utf8')));
    const specs = new Set(
      (tests ?? Object.keys(specsByTest)).flatMap((test) => specsByTest[test] ?? []),
    );
    return new Set([...this.#killers.filter((spec) => specs.has(spec)), ...specs]);
  }
}

export const strykerPlugins = jestPlugins.map(({ factory }) => {
  /** @param {import('typed-inject').Injector<import('@stryker-mutator/api/plugin').PluginContext>} injector */
  const jestByFile = (injector) =>
    new JestByFile(/** @type {JestRunner} */ (injector.injectFunction(factory)));
  jestByFile.inject = tokens(commonTokens.injector);
  return declareFactoryPlugin(PluginKind.TestRunner, 'jest-by-file', jestByFile);
});
