import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TransactionCallback } from 'nestjs-signals/core';
import { CallbackLog } from 'nestjs-signals/integration';
import { blocks, ending, expectedOf, perform } from './transaction-tree.js';

describe('The effects of a transaction', () => {
  let effects: CallbackLog;
  let ran: string[];
  const note = (text: string) => () => void ran.push(text);
  const run = (due: readonly TransactionCallback[]) => {
    for (const callback of due) callback();
    return ran;
  };

  beforeEach(() => {
    effects = new CallbackLog();
    ran = [];
  });

  it('of a commit run in the order of registration, whatever the nesting', () => {
    effects.onCommit(note('1'));
    effects.savepoint('a');
    effects.onCommit(note('2'));
    effects.savepoint('b');
    effects.onCommit(note('3'));
    effects.release('b');
    effects.release('a');
    effects.onCommit(note('4'));

    expect(run(effects.commit())).toEqual(['1', '2', '3', '4']);
  });

  it('of a rollback run in the order of registration, and those of the commit are dropped', () => {
    effects.onRollback(note('1'));
    effects.onCommit(note('never'));
    effects.savepoint('a');
    effects.onRollback(note('2'));
    effects.release('a');

    expect(run(effects.rollback())).toEqual(['1', '2']);
  });

  it('that restore memory run at once when what they belong to is undone, the latest first', () => {
    effects.onUndo(note('1'));
    effects.onUndo(note('2'));
    effects.savepoint('a');
    effects.onUndo(note('3'));
    effects.onUndo(note('4'));
    effects.onRollback(note('rollback'));
    effects.onCommit(note('commit'));

    effects.rollbackTo('a');
    expect(ran).toEqual(['4', '3']);
    const due = effects.rollback();
    expect(ran).toEqual(['4', '3', '2', '1']);
    expect(run(due).at(-1)).toBe('rollback');
  });

  it('that restore memory run where nobody knows how it ended, and not after a commit', () => {
    effects.onUndo(note('never'));
    expect(run(effects.commit())).toEqual([]);

    effects.onUndo(note('restored'));
    effects.onCommit(note('commit'));
    effects.onRollback(note('rollback'));
    effects.abandon();
    expect(ran).toEqual(['restored']);
    expect([...effects.commit(), ...effects.rollback()]).toEqual([]);
  });

  it('are all undone by a savepoint that had been set before, and none is known any more', () => {
    effects.savepoint('a');
    effects.savepoint('b');
    effects.onCommit(note('never'));
    effects.onRollback(note('rollback'));
    expect(['a', 'b', 'c'].map((name) => effects.knows(name))).toEqual([true, true, false]);

    effects.undoAll();
    effects.onCommit(note('commit'));

    expect([effects.knows('a'), effects.depth]).toEqual([false, 0]);
    expect(run(effects.rollback())).toEqual(['rollback']);
  });

  it('are shown as they wait, in their order, as the very callbacks', () => {
    const [one, two] = [note('1'), note('2')];
    effects.onCommit(one, { dedupeKey: 'k' });
    effects.onCommit(note('not counted'), { dedupeKey: 'l' });
    effects.onCommit(two, { dedupeKey: 'l' });
    effects.onRollback(note('rollback'));

    expect(effects.pending()).toEqual([one, two]);
    expect(effects.pending()[1]).toBe(two);
  });

  it('do not run before it ends', () => {
    effects.onCommit(note('commit'));
    effects.onRollback(note('rollback'));
    effects.savepoint('a');
    effects.rollbackTo('a');
    effects.release('a');

    expect(ran).toEqual([]);
  });

  it('are told beforehand without being taken', () => {
    effects.onCommit(note('1'));

    expect(effects.pending()).toHaveLength(1);
    expect(run(effects.commit())).toEqual(['1']);
  });

  it('are gone when it has ended, and do not leak into the next one', () => {
    effects.onCommit(note('commit'));
    effects.onRollback(note('rollback'));
    effects.savepoint('a');
    effects.commit();

    expect(effects.commit()).toEqual([]);
    expect(effects.rollback()).toEqual([]);
    effects.onCommit(note('next'));
    effects.rollbackTo('a');
    expect(run(effects.commit())).toEqual(['next']);
  });

  it('are dropped with their savepoint and what was released into it; the others stay', () => {
    effects.onCommit(note('before'));
    effects.savepoint('a');
    effects.onCommit(note('inside'));
    effects.savepoint('b');
    effects.onCommit(note('released into it'));
    effects.release('b');
    effects.rollbackTo('a');
    effects.onCommit(note('after'));

    expect(run(effects.commit())).toEqual(['before', 'after']);
  });

  it('know a savepoint still after rolling back to it', () => {
    effects.savepoint('a');
    effects.onCommit(note('first attempt'));
    effects.rollbackTo('a');
    effects.onCommit(note('second attempt'));
    effects.rollbackTo('a');
    effects.onCommit(note('third attempt'));

    expect(run(effects.commit())).toEqual(['third attempt']);
  });

  it('know no savepoint that was released with or undone by an outer one', () => {
    effects.savepoint('a');
    effects.savepoint('b');
    effects.release('a');
    effects.onCommit(note('1'));
    effects.rollbackTo('b');
    effects.savepoint('c');
    effects.savepoint('d');
    effects.rollbackTo('c');
    effects.onCommit(note('2'));
    effects.rollbackTo('d');

    expect(run(effects.commit())).toEqual(['1', '2']);
  });

  it('take a name that is set again for the later savepoint, until that is released', () => {
    effects.savepoint('a');
    effects.onCommit(note('outer'));
    effects.savepoint('a');
    effects.onCommit(note('inner'));
    effects.rollbackTo('a');
    expect(effects.pending()).toHaveLength(1);

    effects.release('a');
    effects.rollbackTo('a');
    expect(effects.pending()).toEqual([]);
  });

  it('ignore a savepoint that was never set', () => {
    effects.onCommit(note('1'));
    effects.rollbackTo('nowhere');
    effects.release('nowhere');

    expect(run(effects.commit())).toEqual(['1']);
  });

  it('of one key are one: the last function, at the position of the first', () => {
    effects.onCommit(note('1'), { dedupeKey: 'k' });
    effects.onCommit(note('2'));
    effects.onCommit(note('1, renewed'), { dedupeKey: 'k' });
    effects.onCommit(note('other'), { dedupeKey: '1' });

    expect(run(effects.commit())).toEqual(['1, renewed', '2', 'other']);
  });

  it('of one key fall back to the former function when the later one is undone', () => {
    effects.onCommit(note('1'), { dedupeKey: 'k' });
    effects.savepoint('a');
    effects.onCommit(note('undone'), { dedupeKey: 'k' });
    effects.rollbackTo('a');

    expect(run(effects.commit())).toEqual(['1']);
  });

  it('of a savepoint that was undone run beside those of the commit, in their order', () => {
    effects.savepoint('a');
    effects.onRollback(note('1 undone'));
    effects.rollbackTo('a');
    effects.onCommit(note('2'));
    effects.savepoint('b');
    effects.onRollback(note('3 undone'));
    effects.rollbackTo('b');

    expect(run(effects.commit())).toEqual(['1 undone', '2', '3 undone']);
  });

  it.each([undefined, null, 'text', {}])('cannot be %j', (callback) => {
    expect(() => effects.onCommit(callback as never)).toThrow(TypeError);
    expect(() => effects.onRollback(callback as never)).toThrow(/function was expected/);
    expect(effects.commit()).toEqual([]);
  });

  it('are for every tree of savepoints what a plain walk over the tree makes of them', () => {
    fc.assert(
      fc.property(blocks, ending, (tree, end) => {
        const performed: string[] = [];
        const due = perform(tree, end, new CallbackLog(), performed);
        for (const callback of due) callback();

        expect(performed).toEqual(expectedOf(tree, end));
      }),
      { numRuns: 3_000 },
    );
  });
});
