import type { DeadLetter, DeadLetterDesk, DeadLetterFilter } from '../dead-letter-desk.js';
import type { ActedLetter } from '../inspector-action.js';
import { answerJson, jsonOf, notFound, Problem } from './answer.js';
import type { Inspected } from './inspected.js';
import type { Call } from './call.js';
import { FIELDS, letterRow, UUID } from './dead-letters-api.js';

const MOST_IDS = 1_000;

/** Replays or discards what was selected. */
export async function answerDeadAction(
  inspected: Inspected,
  [act]: readonly string[],
  call: Call,
): Promise<void> {
  const { durable } = inspected.options;
  if (durable && act === 'replay') return replay(inspected, durable.deadLetters, call);
  if (durable?.deadLetters.discard && act === 'discard') {
    return discard(inspected, durable.deadLetters, call);
  }
  throw notFound('There is no such address.');
}

/** Or only tells what would be replayed. */
async function replay(
  { actions }: Inspected,
  deadLetters: DeadLetterDesk,
  { request, response, viewer }: Call,
): Promise<void> {
  const { ids, filter, dryRun = false, to } = await jsonOf(request);
  if (typeof dryRun !== 'boolean') throw invalid('dryRun must be true or false.', '/dryRun');
  if (to !== undefined && typeof to !== 'string') throw invalid('to must be a text.', '/to');
  if ((ids === undefined) === (filter === undefined)) {
    throw invalid('Either ids or filter says what is replayed.', '');
  }
  const wanted = ids === undefined ? filterOf(filter) : { ids: idsOf(ids) };
  const target = to === undefined ? {} : { to };
  const prospect = await deadLetters.replay(wanted, { ...target, dryRun: true }).catch(refuse);
  const { replayed, homeless } = prospect;
  const { replayedCount = replayed.length, homelessCount = homeless.length } = prospect;
  let part = dryRun ? [] : replayed;
  for (let left = replayedCount; part.length > 0;) {
    // What is told of is exactly what is done, whatever has died meanwhile.
    await actions.note({ action: 'replay', letters: part.map(acted), to, by: viewer.name });
    await deadLetters.replay({ ids: part.map(({ id }) => id) }, target).catch(refuse);
    left -= part.length;
    if (left <= 0) break;
    ({ replayed: part } = await deadLetters
      .replay(wanted, { ...target, dryRun: true })
      .catch(refuse));
  }
  const signals = new Set(homeless.flatMap(({ delivery }) => delivery?.signal ?? []));
  answerJson(response, {
    dryRun,
    replayed: replayed.map((letter) => letterRow(letter, true)),
    homeless: homeless.map((letter) => letterRow(letter, true)),
    replayedCount,
    homelessCount,
    targets: Object.fromEntries(
      [...signals].map((signal) => [signal, deadLetters.targetsOf?.(signal) ?? []]),
    ),
  });
}

/** Only what is named: nobody discards what has died since he looked. */
async function discard(
  { actions }: Inspected,
  deadLetters: DeadLetterDesk,
  { request, response, viewer }: Call,
): Promise<void> {
  const { ids } = await jsonOf(request);
  const wanted = { ids: idsOf(ids) };
  const letters = await deadLetters.list(wanted);
  if (letters.length < new Set(wanted.ids).size) {
    throw notFound('One of them is no dead letter any more. Nothing was discarded.');
  }
  await actions.note({ action: 'discard', letters: letters.map(acted), by: viewer.name });
  await deadLetters.discard?.(wanted).catch(refuse);
  answerJson(response, { discarded: letters.map((letter) => letterRow(letter, true)) });
}

function acted({ id, receiver, delivery }: DeadLetter): ActedLetter {
  return { id, receiver, signal: delivery?.signal, eventId: delivery?.eventId };
}

/** Somebody was faster, or the ids are made up. */
function refuse(error: unknown): never {
  if (error instanceof Error && error.name === 'DeadLetterNotFoundError')
    throw notFound(error.message);
  if (error instanceof Error && error.name === 'ReplayTargetError')
    throw invalid(error.message, '/to');
  throw error;
}

function idsOf(ids: unknown): readonly string[] {
  const isList = Array.isArray(ids) && ids.length > 0 && ids.length <= MOST_IDS;
  if (isList && ids.every((id) => typeof id === 'string' && UUID.test(id))) return ids as string[];
  throw invalid(`ids must be a list of 1 to ${MOST_IDS} ids.`, '/ids');
}

function filterOf(filter: unknown): DeadLetterFilter {
  if (typeof filter !== 'object' || filter === null) {
    throw invalid('filter must be an object.', '/filter');
  }
  for (const [key, value] of Object.entries(filter)) {
    if (!(FIELDS as readonly string[]).includes(key)) {
      throw invalid(
        `filter has no field '${key}'. There are: ${FIELDS.join(', ')}.`,
        `/filter/${key}`,
      );
    }
    if (typeof value !== 'string') throw invalid(`${key} must be a text.`, `/filter/${key}`);
  }
  return filter;
}

function invalid(explanation: string, pointer: string): Problem {
  return new Problem(400, 'invalid', 'The request is not valid', explanation, pointer);
}
