import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changed, created, updated } from 'nestjs-signals/core';
import { couldMeet, type UntoldWrite } from 'nestjs-signals/integration';

describe('The conditions', () => {
  const insert = { created: true, changed: [] };
  const update = { created: false, changed: ['status', 'paidAt'] };

  it('created and updated tell an insert from an update', () => {
    expect([created(insert), created(update)]).toEqual([true, false]);
    expect([updated(insert), updated(update)]).toEqual([false, true]);
  });

  it('changed holds when one of its columns has changed', () => {
    expect(changed('status')(update)).toBe(true);
    expect(changed('total', 'paidAt')(update)).toBe(true);
    expect(changed('total')(update)).toBe(false);
    expect(changed('status')(insert)).toBe(false);
  });

  it('changed holds for a column of an embedded object that is named as a whole, and no other', () => {
    const moved = { created: false, changed: ['address.city'] };

    expect(changed('address')(moved)).toBe(true);
    expect(changed('address.city')(moved)).toBe(true);
    expect(changed('address.street', 'city', 'addr', 'address.city.name')(moved)).toBe(false);
  });
});

describe('A write that no payload tells of', () => {
  const LEAVES = ['status', 'address.city', 'address.street', 'addressee'];
  const columns = fc.subarray([...LEAVES, 'address'], { minLength: 1 });
  const conditions = fc.oneof(
    fc.constantFrom(created, updated),
    columns.map((wanted) => changed(...wanted)),
  );
  const writes = fc.record({
    created: fc.constantFrom(true, false, undefined),
    columns: fc.oneof(fc.constant(undefined), columns, fc.constant([])),
  });
  const isWritten = (leaf: string, written: UntoldWrite['columns']) =>
    !written || written.some((column) => column === leaf || leaf.startsWith(`${column}.`));

  it('could meet a condition exactly where a save could that wrote the same', () => {
    fc.assert(
      fc.property(conditions, writes, (condition, write) => {
        const insert = { created: true, changed: [] };
        const leaves = LEAVES.filter((leaf) => isWritten(leaf, write.columns));
        const updates = [[], ...leaves.map((leaf) => [leaf])].map((paths) => ({
          created: false,
          changed: paths,
        }));
        const saves = [insert, ...updates].filter(
          (save) => write.created === undefined || save.created === write.created,
        );

        expect(couldMeet(condition, write)).toBe(saves.some(condition));
      }),
      { numRuns: 500 },
    );
  });

  it('could always meet a condition of the application, and none', () => {
    const write = { created: true, columns: [] };

    expect([couldMeet(() => false, write), couldMeet(undefined, write)]).toEqual([true, true]);
  });
});
