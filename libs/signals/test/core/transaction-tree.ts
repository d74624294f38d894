import fc from 'fast-check';
import type { TransactionCallback } from 'nestjs-signals/core';
import type { CallbackLog } from 'nestjs-signals/integration';

interface Registration {
  readonly do: 'register';
  readonly on: 'commit' | 'rollback';
  readonly key: string | undefined;
}

interface Savepoint {
  readonly do: 'savepoint';
  readonly name: string;
  /** Unless it is released, it stays set and ends with what is around it. */
  readonly end: 'release' | 'rollback' | 'rollback and release' | 'leave';
  readonly body: readonly Block[];
}

export type Block = Registration | Savepoint;
export type Ending = 'commit' | 'rollback';

const { tree } = fc.letrec<{ tree: readonly Block[]; savepoint: Savepoint }>((tie) => ({
  tree: fc.array(
    fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({
        do: fc.constant('register' as const),
        on: fc.constantFrom('commit' as const, 'commit' as const, 'rollback' as const),
        key: fc.constantFrom(undefined, undefined, 'k', '1'),
      }),
      tie('savepoint'),
    ),
    { maxLength: 6 },
  ),
  savepoint: fc.record({
    do: fc.constant('savepoint' as const),
    name: fc.constantFrom('a', 'b'),
    end: fc.constantFrom('release', 'rollback', 'rollback and release', 'leave'),
    body: tie('tree'),
  }),
}));

export const blocks = tree;
export const ending = fc.constantFrom<Ending>('commit', 'rollback');

/** Plays a tree on the real thing, as statements. Callbacks are numbered as they are registered. */
export function perform(
  blocksOfTree: readonly Block[],
  end: Ending,
  effects: CallbackLog,
  ran: string[],
): readonly TransactionCallback[] {
  let registered = 0;
  let set = 0;
  const play = (block: Block): void => {
    if (block.do === 'register') {
      const text = `${registered++} on ${block.on}`;
      const callback = () => void ran.push(text);
      if (block.on === 'rollback') effects.onRollback(callback);
      else effects.onCommit(callback, block.key === undefined ? {} : { dedupeKey: block.key });
      return;
    }
    // One that stays set must not hide the name of one around it.
    const name = block.end.endsWith('release') ? block.name : `set ${set++}`;
    effects.savepoint(name);
    for (const inner of block.body) play(inner);
    if (block.end.startsWith('rollback')) effects.rollbackTo(name);
    if (block.end.endsWith('release')) effects.release(name);
  };
  for (const block of blocksOfTree) play(block);
  return effects[end]();
}

interface Outcome {
  readonly number: number;
  readonly on: 'commit' | 'rollback';
  readonly key: string | undefined;
  readonly undone: boolean;
}

/** The same by a walk over the tree: what lies below a level that rolled back is undone. */
export function expectedOf(blocksOfTree: readonly Block[], end: Ending): readonly string[] {
  let registered = 0;
  const walk = (block: Block, undone: boolean): readonly Outcome[] =>
    block.do === 'register'
      ? [{ number: registered++, on: block.on, key: block.key, undone }]
      : block.body.flatMap((inner) => walk(inner, undone || block.end.startsWith('rollback')));
  const outcomes = blocksOfTree.flatMap((block) => walk(block, end === 'rollback'));

  const committed = outcomes.filter(({ on, undone }) => on === 'commit' && !undone);
  return outcomes.flatMap((outcome) => {
    if (outcome.on === 'rollback') {
      return outcome.undone ? [`${outcome.number} on rollback`] : [];
    }
    if (outcome.undone) return [];
    if (outcome.key === undefined) return [`${outcome.number} on commit`];
    const same = committed.filter(({ key }) => key === outcome.key);
    return same[0] === outcome ? [`${same.at(-1)?.number} on commit`] : [];
  });
}
