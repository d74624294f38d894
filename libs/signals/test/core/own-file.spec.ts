import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { callerFolder, ownFile, ownFolder } from '../../src/own-file.js';

describe('The file that the library runs from', () => {
  it('is its own where it is not in a bundle, and leaves stacks as they were', () => {
    const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');

    expect(ownFile()).toEqual({
      name: expect.stringMatching(/libs\/signals\/src\/own-file\.ts$/),
      isBundle: false,
    });
    expect(existsSync(join(ownFolder() ?? '', 'core/signals.ts'))).toBe(true);
    expect(Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')).toEqual(before);
  });

  it('is told from the file of whoever asks for a place of its own', () => {
    expect(callerFolder()).toMatch(/libs[\\/]signals[\\/]test[\\/]core$/);
  });
});
