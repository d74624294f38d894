import { pathToFileURL } from 'node:url';

import { addEventHandler, getState, resetState, run, setState } from 'jest-circus';

/** In milliseconds. */
const TEST_TIMEOUT = 30_000;

/** @typedef {import('@jest/types').Circus.State} State */
/** @typedef {import('@jest/types').Circus.TestEntry} Test */
/** @typedef {import('@jest/types').Circus.DescribeBlock} Block */

/** @type {(running: Test | undefined) => void} */
let tell = () => {};

addEventHandler((event) => {
  if (event.name === 'test_start') tell(event.test);
  if (event.name === 'test_done' || event.name === 'test_skip') tell(undefined);
});

/** What rejected promises that nobody awaits yet have added, and to what. */
const unawaited = new WeakMap();

const blame = (/** @type {unknown} */ error) => {
  const { currentlyRunningTest: test, unhandledErrors } = getState();
  const errors = test?.errors ?? unhandledErrors;
  errors.push(error);
  return errors;
};

/** @param {unknown} error @param {Promise<unknown>} promise */
function blameForRejection(error, promise) {
  unawaited.set(promise, { error, errors: blame(error) });
}

/** A test may await late what has been rejected meanwhile, as in Jest. @param {Promise<unknown>} promise */
function acquit(promise) {
  const { error, errors } = unawaited.get(promise) ?? {};
  if (errors?.includes(error)) errors.splice(errors.indexOf(error), 1);
}

/** Blames the running test for what nobody catches. Only for processes that run tests, and nothing else. */
export function blameTests() {
  process.on('unhandledRejection', blameForRejection);
  process.on('rejectionHandled', acquit);
  process.on('uncaughtException', blame);
}

/** A spec file that stays loaded, whose tests can run again and again. */
export class Spec {
  #state;
  /** @type {readonly Test[]} */
  #tests;

  /** @param {string} path @param {State} state */
  constructor(path, state) {
    this.path = path;
    this.#state = state;
    this.#tests = testsIn(state.rootDescribeBlock);
  }

  /** @param {string} path from the working directory */
  static async load(path) {
    resetState();
    const state = getState();
    state.testTimeout = TEST_TIMEOUT;
    await import(pathToFileURL(path).href);
    return new Spec(path, state);
  }

  /** The names of its tests. */
  get tests() {
    return this.#tests.map(nameOf);
  }

  /**
   * Runs tests up to the first that fails, with the hooks that belong to them.
   *
   * @param {(name: string) => boolean} isWanted
   * @param {(name: string | undefined) => void} onTest told whose turn it is; undefined: a hook's
   * @returns {Promise<{ name: string, duration: number, errors: readonly unknown[] }[]>} what ran
   */
  async run(isWanted, onTest = () => {}) {
    const wanted = { test: (/** @type {string} */ name) => !this.#hasFailed && isWanted(name) };
    for (const test of this.#tests) Object.assign(test, { errors: [], status: null });
    Object.assign(this.#state, { testNamePattern: wanted, unhandledErrors: [] });
    setState(this.#state);
    tell = (test) => onTest(test && nameOf(test));
    onTest(undefined);
    await run();
    const ran = this.#tests.filter(({ status }) => status === 'done');
    return ran.map((test) => ({
      name: nameOf(test),
      duration: test.duration ?? 0,
      // What goes wrong after the last test is blamed on it.
      errors: test === ran.at(-1) ? [...test.errors, ...this.#state.unhandledErrors] : test.errors,
    }));
  }

  get #hasFailed() {
    return this.#tests.some(({ errors }) => errors.length > 0);
  }
}

/** @param {Block} block @returns {Test[]} */
function testsIn(block) {
  return block.children.flatMap((child) => (child.type === 'test' ? [child] : testsIn(child)));
}

/** As Jest calls it in its reports. @param {Test} test */
function nameOf(test) {
  const names = [test.name];
  for (let { parent } = test; parent?.parent; parent = parent.parent) names.unshift(parent.name);
  return names.join(' ');
}
