import { afterEach, describe, expect, it } from '@jest/globals';
import { SeveralCopiesError } from 'nestjs-signals/core';
import { otherCopies, ownCopy, type PackageCopy } from 'nestjs-signals/integration';
import { ownFolder } from '../../src/own-file.js';

describe('The copies of the package in a process', () => {
  // What every version of it, older or newer, has to look for under the same name.
  const all = Reflect.get(globalThis, Symbol.for('nestjs-signals.copies')) as Set<PackageCopy>;
  const other: PackageCopy = { place: '/elsewhere/nestjs-signals/dist' };

  afterEach(() => void all.delete(other));

  it('know of each other by where they are', () => {
    expect([...all]).toEqual([ownCopy]);
    expect(ownCopy.place).toBe(ownFolder());
    expect(otherCopies()).toEqual([]);

    all.add(other);

    expect(otherCopies()).toEqual([other]);
  });

  it('are both named where they cannot work together, with the way out', () => {
    const { name, message } = new SeveralCopiesError('The receiver', other);

    expect(name).toBe('SeveralCopiesError');
    expect(message).toBe(
      'The receiver belongs to another copy of nestjs-signals: /elsewhere/nestjs-signals/dist, and ' +
        `not ${ownFolder()}. Neither knows of the other. Install one for both: npm ls nestjs-signals.`,
    );
  });
});
