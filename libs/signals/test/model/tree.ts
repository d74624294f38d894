import fc from 'fast-check';
import { RECEIVERS } from './step.js';
import type { Plan, ReceiverName, Source, Step, StepOf } from './step.js';
import { token, type Seed, type Token } from './tokens.js';

/**
 * Trees grow from a flat list of tokens. A shorter list is a smaller tree, and without the token
 * that opens it a branch becomes its steps: so fast-check shrinks trees without knowing of them.
 */
export const trees: fc.Arbitrary<readonly Step[]> = fc
  .array(token, { maxLength: 40, size: 'max' })
  .map(grow);

/** Where the next steps grow, until it is closed. */
interface Place {
  readonly body: Step[];
  readonly on: Source;
  /** The level to which the steps belong; '' outside all. */
  readonly level: string;
  readonly parallel: Parallel | undefined;
}

/** Inside steps that are taken in parallel, what happens does not depend on who is first. */
interface Parallel {
  readonly until: StepOf<'parallel'>['until'];
  /** Directly, in a receiver, in one that has a savepoint for itself, or when the level has ended. */
  readonly in: 'strand' | 'receiver' | 'savepoint' | 'afterwards';
}

const DEEPEST = 8;
const ROOTS: readonly Step['do'][] = [
  'level',
  'runner',
  'begin',
  'save',
  'send',
  'callback',
  'visit',
  'restart',
];

/** What nobody closes ends with the tree. */
function grow(tokens: readonly Token[]): Step[] {
  const root: Place = { body: [], on: 'a', level: '', parallel: undefined };
  const open = [root];
  for (const [index, next] of tokens.entries()) {
    const place = open.at(-1) ?? root;
    if (next !== 'close') {
      const inner = sow(next, String(index), place);
      if (open.length + inner.length <= DEEPEST) open.push(...inner.toReversed());
    } else if (place !== root) {
      open.pop();
    }
  }
  return root.body;
}

/** Answers the places in the new step, in the order in which they are filled. */
function sow(seed: Seed, label: string, place: Place): readonly Place[] {
  const { body, on: here, level, parallel } = place;
  const on = seed.isFar && !parallel ? other(here) : here;
  const planted = named(seed.plant(label, on), level);
  const step = parallel ? alongside(planted, parallel) : planted;
  // Outside everything, single statements cannot do anything of interest.
  if (!step || (level === '' && !ROOTS.includes(step.do))) return [];
  if (step.do === 'restart' && level !== '') return [];
  const rooted: Step =
    step.do === 'begin' ? { do: 'runner', on, label: `${label}r`, body: [step] } : step;
  body.push(seed.isCaught ? { do: 'attempt', label: `${label}c`, body: [rooted] } : rooted);

  if (step.do === 'save' || step.do === 'send') {
    const plans = plansOf(seed, parallel);
    if (step.do === 'save') step.plans = plans;
    else step.plan = plans[0] ?? {};
    return plans
      .flatMap((plan) => Object.entries(plan))
      .map(([name, inner], index) => {
        const isRobust = step.do === 'send' && step.robust;
        const within = parallel && inReceiver(parallel, name as ReceiverName, isRobust);
        return { body: inner, on, level: `${label}_${index}`, parallel: within };
      });
  }
  if (!('body' in step)) return [];
  if (step.do === 'parallel') return sowSaves(seed, label, step);
  const within = parallel && step.do === 'callback' ? inReceiver(parallel, 'later') : parallel;
  return [{ body: step.body, on, level: isOfSameLevel(step) ? level : label, parallel: within }];
}

function plansOf({ receivers }: Seed, parallel: Parallel | undefined): Plan[] {
  return receivers.map((names) => {
    const heard = names.filter((name) => name !== 'undone' || parallel?.until !== 'all');
    return Object.fromEntries(heard.map((name) => [name, []]));
  });
}

/**
 * Two or more, of which one may have a receiver that fails, and notes beside them; of each, one
 * receiver does more.
 */
function sowSaves(seed: Seed, label: string, step: StepOf<'parallel'>): readonly Place[] {
  const { on, until, body } = step;
  const { failing, isRobust, notes } = seed.strands;
  const strand: Parallel = { until, in: 'strand' };
  const places = plansOf(seed, strand).flatMap((plan, index): readonly Place[] => {
    const name = `${label}s${index}`;
    const fail: Step = { do: 'fail', label: `${name}f` };
    if (index === failing) plan[isRobust ? 'guarded' : plan.vet ? 'vet' : 'audit'] = [fail];
    body.push({ do: 'save', on, label: name, plans: [plan] });
    const [receiver, steps] = Object.entries(plan).at(-1) ?? [];
    if (!receiver || !steps || steps.includes(fail)) return [];
    const within = inReceiver(strand, receiver as ReceiverName);
    return [{ body: steps, on, level: name, parallel: within }];
  });
  if (notes > 0) body.push({ do: 'attempt', label: `${label}n`, body: notesOf(notes, label, on) });
  return [...places, { body, on, level: label, parallel: strand }];
}

function notesOf(count: number, label: string, on: Source): Step[] {
  return Array.from({ length: count }, (_, index) => ({
    do: 'note',
    label: `${label}n${index}`,
    on,
  }));
}

function inReceiver(parallel: Parallel, name: ReceiverName, isRobust = false): Parallel {
  if (RECEIVERS[name].phase !== 'inTransaction') return { ...parallel, in: 'afterwards' };
  const isDivided = isRobust || RECEIVERS[name].robust || parallel.in === 'savepoint';
  return { ...parallel, in: isDivided ? 'savepoint' : 'receiver' };
}

const ALONGSIDE: Readonly<Record<Parallel['in'], readonly Step['do'][]>> = {
  strand: ['save', 'note', 'fail'],
  receiver: ['save', 'send', 'note', 'fail', 'attempt', 'callback', 'level'],
  savepoint: ['save', 'send', 'note', 'fail', 'attempt', 'callback', 'level', 'sqlError'],
  afterwards: ['note', 'fail', 'attempt'],
};

/** The step as it may be taken in parallel to others, if it may. */
function alongside(step: Step, { until, in: where }: Parallel): Step | undefined {
  if (!ALONGSIDE[where].includes(step.do)) return undefined;
  if (step.do === 'level') return { ...step, how: 'atomic' };
  if (step.do !== 'callback') return step;
  return { ...step, key: undefined, event: until === 'all' ? 'commit' : step.event };
}

function isOfSameLevel(step: Step): boolean {
  return step.do === 'attempt' || step.do === 'bracket';
}

function other(source: Source): Source {
  return source === 'a' ? 'b' : 'a';
}

/**
 * A single statement that ends a savepoint of an outer level takes TypeORM's own savepoint away,
 * and TypeORM then hands the connection back with the transaction open. So each level has its own
 * names; those of brackets, which cannot reach out of their level, are the same on all levels.
 */
function named(step: Step, level: string): Step {
  return step.do === 'savepoint' || step.do === 'rollbackTo' || step.do === 'release'
    ? { ...step, name: `${step.name}${level}` }
    : step;
}
