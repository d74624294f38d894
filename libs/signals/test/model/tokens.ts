import fc from 'fast-check';
import { receiversOf, type ReceiverName, type Source, type Step } from './step.js';

/** One element of the list from which a tree grows. */
export type Token = Seed | 'close';

export interface Seed {
  readonly plant: (label: string, on: Source) => Step;
  /** In the other data source than the steps around it. */
  readonly isFar: boolean;
  /** Whether a failure of the step ends there. */
  readonly isCaught: boolean;
  /** For what is sent: which receivers have a plan, for each thing; and for each save in parallel. */
  readonly receivers: readonly (readonly ReceiverName[])[];
  /** What goes on beside one another. */
  readonly strands: Strands;
}

/** Saves in parallel, and what is written beside them. */
export interface Strands {
  /** Which of the saves has a receiver that fails, if there are so many. */
  readonly failing: number;
  /** Whether that receiver has a savepoint for itself, and its save goes on. */
  readonly isRobust: boolean;
  /** How many notes are written one after the other meanwhile. */
  readonly notes: number;
}

type Planting<T> = (drawn: T, label: string, on: Source) => Step;

interface Habits {
  /** Of how many one is in the other data source. */
  readonly far?: number;
  /** Of how many one is not caught. */
  readonly uncaught?: number;
  readonly receivers?: fc.Arbitrary<readonly (readonly ReceiverName[])[]>;
  readonly strands?: fc.Arbitrary<Strands>;
}

const drawn = <const T>(...values: readonly T[]) => fc.constantFrom(...values);
const names = fc.subarray([...receiversOf('host')]);
const allNames = fc
  .tuple(names, fc.option(fc.subarray([...receiversOf('guest')]), { freq: 2 }))
  .map(([hosts, guests]) => [...hosts, ...(guests ?? [])]);
const savepoint = drawn('s', 't');
const alone: Strands = { failing: 0, isRobust: false, notes: 0 };

function seed<T>(
  shape: fc.Arbitrary<T>,
  plant: Planting<T>,
  habits: Habits = {},
): fc.Arbitrary<Seed> {
  const { far, uncaught, receivers = fc.constant([]), strands = fc.constant(alone) } = habits;
  return fc
    .record({
      shape,
      isFar: far ? fc.nat({ max: far - 1 }).map((n) => n === far - 1) : fc.constant(false),
      isCaught: uncaught ? fc.nat({ max: uncaught - 1 }).map((n) => n > 0) : fc.constant(false),
      receivers,
      strands,
    })
    .map(({ shape: value, ...rest }) => ({
      ...rest,
      plant: (label, on) => plant(value, label, on),
    }));
}

/** How often each token is drawn. Trees are as varied as these numbers make them. */
export const token: fc.Arbitrary<Token> = fc.oneof(
  { weight: 34, arbitrary: drawn('close') },
  {
    weight: 18,
    arbitrary: seed(
      drawn('atomic', 'atomic', 'transaction', 'byHand', 'byCommit', 'byRollback'),
      (how, label, on) => ({ do: 'level', how, label, on, body: [] }),
      { far: 6, uncaught: 3 },
    ),
  },
  {
    weight: 16,
    arbitrary: seed(
      fc.record({
        event: drawn('commit', 'commit', 'rollback'),
        via: drawn('ambient', 'manager', 'context'),
        key: drawn(undefined, undefined, 'k', 'k', 'l'),
      }),
      (options, label, on) => ({ do: 'callback', ...options, label, on, body: [] }),
      { far: 8 },
    ),
  },
  {
    weight: 9,
    arbitrary: seed(fc.constant(null), (_, label, on) => ({ do: 'save', label, on, plans: [] }), {
      far: 6,
      uncaught: 2,
      receivers: fc.array(allNames, { minLength: 1, maxLength: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: seed(fc.boolean(), (robust, label) => ({ do: 'send', robust, label, plan: {} }), {
      uncaught: 2,
      receivers: fc.tuple(names),
    }),
  },
  {
    weight: 8,
    arbitrary: seed(fc.constant(null), (_, label, on) => ({ do: 'note', label, on }), { far: 6 }),
  },
  { weight: 4, arbitrary: seed(fc.constant(null), (_, label) => ({ do: 'fail', label })) },
  {
    weight: 3,
    arbitrary: seed(fc.constant(null), (_, label) => ({ do: 'attempt', label, body: [] })),
  },
  {
    weight: 4,
    arbitrary: seed(
      drawn('sqlError', 'rollback', 'doom'),
      (name, label, on) => ({ do: name, label, on }),
      { uncaught: 3 },
    ),
  },
  {
    weight: 3,
    arbitrary: seed(
      fc.record({ do: drawn('savepoint', 'rollbackTo', 'release'), name: savepoint }),
      (statement, label, on) => ({ ...statement, label, on }),
      { uncaught: 3 },
    ),
  },
  {
    weight: 5,
    arbitrary: seed(
      fc.record({ name: savepoint, end: drawn('release', 'rollbackTo') }),
      (ends, label, on) => ({ do: 'bracket', ...ends, label, on, body: [] }),
      { uncaught: 2 },
    ),
  },
  {
    weight: 2,
    arbitrary: seed(fc.constant(null), (_, label, on) => ({ do: 'runner', label, on, body: [] }), {
      far: 6,
    }),
  },
  {
    weight: 2,
    arbitrary: seed(
      drawn('commit', 'rollback'),
      (end, label, on) => ({ do: 'begin', end, label, on, body: [] }),
      { far: 6 },
    ),
  },
  {
    weight: 5,
    arbitrary: seed(
      drawn('all', 'allSettled', 'allSettled'),
      (until, label, on) => ({ do: 'parallel', until, label, on, body: [] }),
      {
        uncaught: 3,
        receivers: fc.array(allNames, { minLength: 2, maxLength: 3 }),
        strands: fc.record({
          failing: fc.nat({ max: 3 }),
          isRobust: fc.boolean(),
          notes: fc.nat({ max: 6 }),
        }),
      },
    ),
  },
  {
    weight: 3,
    arbitrary: seed(fc.constant(null), (_, label, on) => ({ do: 'visit', label, on }), { far: 4 }),
  },
  {
    weight: 2,
    arbitrary: seed(
      drawn('again', 'attachedBefore', 'attachedAfter'),
      (how, label, on) => ({ do: 'restart', how, label, on, body: [] }),
      { far: 4 },
    ),
  },
  {
    weight: 1,
    arbitrary: seed(
      drawn('inside', 'outside'),
      (from, label, on) => ({ do: 'kill', from, label, on }),
      { uncaught: 2 },
    ),
  },
);
