import { jestExpect } from '@jest/expect';
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

// What `@jest/globals` gives a spec that Jest runs, for specs that run without Jest's sandbox.
export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from 'jest-circus';
export const expect = jestExpect;

const timers = new ModernFakeTimers({
  global: globalThis,
  // What it reads of the configuration of a project.
  config: /** @type {import('@jest/types').Config.ProjectConfig} */ ({ fakeTimers: {} }),
});

class Jest extends ModuleMocker {
  useFakeTimers = timers.useFakeTimers.bind(timers);
  useRealTimers = timers.useRealTimers.bind(timers);
  getTimerCount = timers.getTimerCount.bind(timers);
  advanceTimersByTime = timers.advanceTimersByTime.bind(timers);
}

export const jest = new Jest(globalThis);
