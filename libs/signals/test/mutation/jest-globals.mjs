import { jestExpect } from '@jest/expect';
import { ModuleMocker } from 'jest-mock';

// What `@jest/globals` gives a spec that Jest runs, for specs that run without Jest's sandbox.
export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from 'jest-circus';
export const expect = jestExpect;
export const jest = new ModuleMocker(globalThis);
