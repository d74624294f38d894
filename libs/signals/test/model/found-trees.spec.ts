import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildStage, compare } from './campaign.js';
import { watchConsole } from './console.js';
import type { Stage } from './stage.js';
import type { Plan, Source, Step, StepOf } from './step.js';

type Callback = Pick<StepOf<'callback'>, 'event' | 'via'>;

const onCommit: Callback = { event: 'commit', via: 'ambient' };
const onRollback: Callback = { event: 'rollback', via: 'ambient' };

const a = { on: 'a', label: '' } as const;
const note: Step = { do: 'note', ...a };
const kill: Step = { do: 'kill', ...a, from: 'inside' };
const doom: Step = { do: 'doom', ...a };
const rollback: Step = { do: 'rollback', ...a };
const sqlError: Step = { do: 'sqlError', ...a };

function swallowed(step: Step): Step {
  return { do: 'attempt', label: '', body: [step] };
}

function callback(callbackOf: Callback, ...body: Step[]): Step {
  return { do: 'callback', ...a, ...callbackOf, key: undefined, body };
}

function atomic(on: Source, ...body: Step[]): Step {
  return { do: 'level', how: 'atomic', on, label: '', body };
}

function byHand(...body: Step[]): Step {
  return { do: 'level', how: 'byHand', ...a, body };
}

function begin(...body: Step[]): Step {
  return { do: 'runner', ...a, body: [{ do: 'begin', ...a, end: 'commit', body }] };
}

function save(on: Source, plan: Plan): Step {
  return { do: 'save', on, label: '', plans: [plan] };
}

function send(plan: Plan): Step {
  return { do: 'send', robust: false, label: '', plan };
}

/** What random trees have found, shrunk; named by what the library now does. */
const FOUND: Readonly<Record<string, Step>> = {
  'A robust receiver inside a savepoint has a savepoint of its own': save('a', {
    guarded: [save('a', { guarded: [] })],
  }),
  'A receiver that saves elsewhere does not wait for itself when it is reached again': save('a', {
    guarded: [save('b', { guarded: [save('a', { guarded: [] })] })],
  }),
  'A receiver that runs after the commit has a manager beside several data sources': save('a', {
    later: [],
  }),
  'A context belongs to the transaction of its send, not to a later one': send({
    audit: [atomic('a', callback({ event: 'commit', via: 'context' }), note)],
  }),
  'Callbacks wait for a transaction that a statement began and TypeORM ends': begin(
    callback({ event: 'commit', via: 'manager' }),
    byHand(note),
  ),
  'Rollback callbacks run when TypeORM cannot start in such a transaction': begin(
    callback({ event: 'rollback', via: 'manager' }),
    swallowed(sqlError),
    atomic('a'),
  ),
  'Rollback callbacks run when TypeORM cannot start because the connection is lost': begin(
    callback({ event: 'rollback', via: 'manager' }),
    swallowed(kill),
    byHand(),
  ),
  'Rollback callbacks run when a COMMIT that was sent by hand fails': begin(
    doom,
    callback({ event: 'rollback', via: 'manager' }),
  ),
  'Rollback callbacks run when the connection dies inside a savepoint': byHand(
    callback(onRollback),
    atomic('a', kill),
  ),
  'Rollback callbacks run when a statement rolls back inside a savepoint': byHand(
    callback(onRollback),
    atomic('a', rollback),
  ),
  'A callback joins the transaction that is open around its own': atomic(
    'a',
    atomic('b', callback(onCommit, atomic('a', note), callback(onCommit))),
    callback(onCommit),
  ),
  'A level that others begin while theirs is undone leaves the transaction around it alone': atomic(
    'a',
    swallowed({
      do: 'parallel',
      ...a,
      until: 'all',
      body: [
        save('a', { guarded: [] }),
        save('a', {}),
        save('a', { vet: [{ do: 'fail', label: '' }] }),
      ],
    }),
    note,
  ),
  'An application that is closed hears no more of the save that is under way': {
    do: 'attempt',
    label: '',
    body: [
      { do: 'visit', ...a },
      save('a', { audit: [{ do: 'visit', ...a }], mirror: [], mirrorLater: [] }),
    ],
  },
  'What TypeORM nests and undoes keeps nothing of who still saves in it': byHand(
    swallowed({
      do: 'parallel',
      ...a,
      until: 'all',
      body: [{ do: 'fail', label: '' }, save('a', {})],
    }),
  ),
  'A callback saves in a savepoint that is open around its transaction': atomic(
    'a',
    atomic('a', atomic('b', callback(onCommit, save('a', { guarded: [] })))),
  ),
};

describe('What random trees have found', () => {
  let stage: Stage;

  watchConsole();
  beforeAll(async () => {
    stage = await buildStage();
  });
  afterAll(() => stage.close());

  it.each(Object.entries(FOUND))('%s', async (_, tree) => {
    await expect(compare(stage, [labelled(tree)])).resolves.toBeUndefined();
  });
});

/** Numbers the steps, so that each can be told from the others. */
function labelled(tree: Step): Step {
  let count = 0;
  return JSON.parse(JSON.stringify(tree), (key, value: unknown) =>
    key === 'label' ? String(count++) : value,
  ) as Step;
}
