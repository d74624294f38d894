import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { inspect } from 'node:util';

import {
  commonTokens,
  declareFactoryPlugin,
  PluginKind,
  tokens,
} from '@stryker-mutator/api/plugin';
import { DryRunStatus, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner';
import fc from 'fast-check';

import { loadTypeScript } from './loading.mjs';
import { blameTests, Spec } from './spec.mjs';

/** @typedef {import('@stryker-mutator/api/test-runner').TestRunner} TestRunner */
/** @typedef {import('@stryker-mutator/api/test-runner').MutantRunOptions} MutantRunOptions */
/** @typedef {import('@stryker-mutator/api/test-runner').MutantRunResult} MutantRunResult */

/** Stands for what a spec does before and after all of its tests, on which each of them depends. */
const HOOKS = 'hooks';

/** What mutated code asks which mutant it is to be, and tells what has reached it. */
const instrumenter = /** @type {import('@stryker-mutator/api/core').InstrumenterContext} */ ({});
Reflect.set(globalThis, '__stryker__', instrumenter);

/**
 * Runs specs for Stryker in its own process, where they stay loaded with all that they import: for
 * the next mutant only the tests that reach it run again. Stryker's runner for Jest loads everything
 * anew for each mutant, which takes fifty times as long.
 *
 * What a mutant leaves behind must not kill the next one. So the test that has killed a mutant runs
 * again without it. Should it fail then too, the process is given up and the mutant tried in another.
 * So is a mutant that survives although tests reach it as they are set up: it may be in what a process
 * does only once, and had done before.
 *
 * @implements {TestRunner}
 */
class SpecRunner {
  #patterns;
  /** @type {Map<string, Spec>} */
  #specs = new Map();
  /** @type {readonly string[]} */
  #killers = [];
  #runs = 0;
  #isSpoilt = false;

  /** @param {readonly string[]} patterns */
  constructor(patterns) {
    this.#patterns = patterns;
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  /** Stryker's main process loads this file too, and must fail by what nobody catches there. */
  async init() {
    blameTests();
    // Properties try the same values in every run, or one would kill other mutants than the next.
    fc.configureGlobal({ seed: 1 });
    loadTypeScript(process.cwd());
  }

  /** @type {TestRunner['dryRun']} */
  async dryRun() {
    /** @type {import('@stryker-mutator/api/test-runner').TestResult[]} */
    const tests = [];
    for (const path of this.#allPaths()) {
      const spec = await this.#load(path);
      const ran = await spec.run(
        () => true,
        (test = HOOKS) => {
          instrumenter.currentTestId = idOf(path, test);
        },
      );
      instrumenter.currentTestId = undefined;
      const result = (/** @type {string} */ name) => ({
        id: idOf(path, name),
        name,
        fileName: path,
      });
      tests.push({ ...result(HOOKS), status: TestStatus.Success, timeSpentMs: 0 });
      for (const test of ran) {
        const named = { ...result(test.name), timeSpentMs: test.duration };
        tests.push(
          test.errors.length === 0
            ? { ...named, status: TestStatus.Success }
            : { ...named, status: TestStatus.Failed, failureMessage: shown(test) },
        );
      }
    }
    const { mutantCoverage = { static: {}, perTest: {} } } = instrumenter;
    return { status: DryRunStatus.Complete, tests, mutantCoverage };
  }

  /** @type {TestRunner['mutantRun']} */
  async mutantRun(options) {
    if (this.#isSpoilt) this.#giveUp('This process is of no use any more.');
    this.#runs += 1;
    try {
      return await this.#runMutant(options);
    } finally {
      Object.assign(instrumenter, { activeMutant: undefined, hitLimit: undefined });
    }
  }

  /** @param {MutantRunOptions} options @returns {Promise<MutantRunResult>} */
  async #runMutant({ activeMutant, hitLimit, mutantActivation, testFilter, sandboxFileName }) {
    const isStatic = mutantActivation === 'static';
    let nrOfTests = 0;
    for (const path of this.#pathsOf(testFilter, sandboxFileName)) {
      // What acts while files load has to be there before them, and all others only after.
      instrumenter.activeMutant = isStatic ? activeMutant.id : undefined;
      const spec = await this.#load(path);
      Object.assign(instrumenter, { activeMutant: activeMutant.id, hitLimit, hitCount: 0 });
      const wanted = new Set(testFilter ?? spec.tests.map((test) => idOf(path, test)));
      const all = wanted.has(idOf(path, HOOKS));
      const ran = await spec.run((test) => all || wanted.has(idOf(path, test)));
      nrOfTests += ran.length;
      const { hitCount = 0 } = instrumenter;
      if (hitLimit !== undefined && hitCount > hitLimit) {
        this.#isSpoilt = true;
        return { status: MutantRunStatus.Timeout, reason: `Reached ${hitCount} times.` };
      }
      const killer = ran.find(({ errors }) => errors.length > 0);
      if (!killer) continue;
      this.#killers = [path, ...this.#killers.filter((other) => other !== path)];
      if (!isStatic) await this.#demandClean(spec, killer.name);
      const killedBy = [idOf(path, killer.name)];
      return { status: MutantRunStatus.Killed, killedBy, failureMessage: shown(killer), nrOfTests };
    }
    const isInHooks = testFilter?.some((id) => id.endsWith(` › ${HOOKS}`));
    if (isInHooks && this.#runs > 1) this.#giveUp('It may be in what a process does only once.');
    return { status: MutantRunStatus.Survived, nrOfTests };
  }

  /** @param {Spec} spec @param {string} killer */
  async #demandClean(spec, killer) {
    instrumenter.activeMutant = undefined;
    const [again] = await spec.run((test) => test === killer);
    if (again?.errors.length === 0) return;
    this.#isSpoilt = true;
    if (this.#runs > 1) this.#giveUp('An earlier mutant may have caused this failure.');
  }

  /** Stryker takes another process and tries the mutant again. @param {string} reason @returns {never} */
  #giveUp(reason) {
    this.#isSpoilt = true;
    throw new Error(reason);
  }

  /**
   * The specs to run: first the one that is called as the mutated file, then the latest killers.
   *
   * @param {readonly string[] | undefined} filter undefined for what acts while files load: any test
   * @param {string} mutated
   */
  #pathsOf(filter, mutated) {
    const paths = filter?.map(pathIn) ?? this.#allPaths();
    const namesake = `/${basename(mutated, '.ts')}.spec.ts`;
    const first = paths.filter((path) => path.endsWith(namesake));
    return new Set([...first, ...this.#killers.filter((path) => paths.includes(path)), ...paths]);
  }

  #allPaths() {
    return globSync([...this.#patterns]).toSorted();
  }

  /** @param {string} path */
  async #load(path) {
    const spec = this.#specs.get(path) ?? (await Spec.load(path));
    this.#specs.set(path, spec);
    return spec;
  }
}

/** @param {string} path @param {string} test */
function idOf(path, test) {
  return `${path} › ${test}`;
}

/** @param {string} id */
function pathIn(id) {
  return id.slice(0, id.indexOf(' › '));
}

/** @param {{ readonly errors: readonly unknown[] }} test */
function shown({ errors: [first] }) {
  const [error] = Array.isArray(first) ? first : [first];
  return error instanceof Error ? `${error.stack}` : inspect(error);
}

/** @param {import('typed-inject').Injector<import('@stryker-mutator/api/plugin').PluginContext>} injector */
function specRunner(injector) {
  const options = /** @type {{ specs?: string[] }} */ (injector.resolve(commonTokens.options));
  return new SpecRunner(options.specs ?? []);
}
specRunner.inject = tokens(commonTokens.injector);

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'specs', specRunner)];

export const strykerValidationSchema = {
  properties: { specs: { type: 'array', items: { type: 'string' } } },
};
