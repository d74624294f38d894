import type { DeadLetter, DeadLetterFilter, DurableDesk } from '../dead-letter-desk.js';
import type { ActedLetter } from '../inspector-action.js';
import { shownError } from '../recorder/shown-error.js';
import { ShownValues, type VisibleField } from '../recorder/shown-value.js';
import { answerJson, jsonOf, notFound, Problem } from './answer.js';
import type { Inspected } from './api.js';
import type { Call } from './call.js';
import { endedRow } from './deliveries-api.js';

const FIELDS = ['signal', 'receiver', 'reason'] as const;
const MOST_IDS = 1_000;
const MOST_SHOWN = 500;

/** Lists dead letters, or shows one; one that was replayed shows what has become of it. */
export async function answerDead(
  inspected: Inspected,
  [id]: readonly string[],
  call: Call,
): Promise<void> {
  const { durable } = inspected.options;
  if (!durable) throw notFound('No durable deliveries are kept here.');
  if (id !== undefined) return showOne(inspected, durable, idOf(id), call);
  const { query, response, viewer } = call;
  const filter: DeadLetterFilter = Object.fromEntries(
    FIELDS.flatMap((field) => (query.has(field) ? [[field, query.get(field)]] : [])),
  );
  const letters = await durable.deadLetters.list(filter);
  answerJson(response, {
    health: durable.health(),
    total: letters.length,
    letters: letters.slice(0, MOST_SHOWN).map((letter) => row(letter, viewer.seesValues)),
  });
}

async function showOne(
  { isVisible, recorder }: Inspected,
  { deadLetters }: DurableDesk,
  id: string,
  { response, viewer }: Call,
): Promise<void> {
  const [found] = await deadLetters.list({ ids: [id] });
  if (found) {
    const shown = row(found, viewer.seesValues);
    answerJson(response, { ...shown, ...detail(found, viewer.seesValues, isVisible) });
    return;
  }
  const [ended] = (await deadLetters.ended?.([id])) ?? [];
  if (!ended) throw notFound('There is no such dead letter.');
  answerJson(response, { ended: endedRow(ended, recorder.store.list(), viewer.seesValues) });
}

/** Replays what was selected, or tells what would be. */
export async function answerReplay(
  { options: { durable }, actions }: Inspected,
  [act]: readonly string[],
  { request, response, viewer }: Call,
): Promise<void> {
  if (!durable || act !== 'replay') throw notFound('There is no such address.');
  const { deadLetters } = durable;
  const { ids, filter, dryRun = false, to } = await jsonOf(request);
  if (typeof dryRun !== 'boolean') throw invalid('dryRun must be true or false.', '/dryRun');
  if (to !== undefined && typeof to !== 'string') throw invalid('to must be a text.', '/to');
  if ((ids === undefined) === (filter === undefined)) {
    throw invalid('Either ids or filter says what is replayed.', '');
  }
  const wanted = ids === undefined ? filterOf(filter) : { ids: idsOf(ids) };
  const target = to === undefined ? {} : { to };
  const { replayed, homeless } = await deadLetters
    .replay(wanted, { ...target, dryRun: true })
    .catch(refuse);
  if (!dryRun && replayed.length > 0) {
    // What is told of is exactly what is done, whatever has died meanwhile.
    await actions.note({ action: 'replay', letters: replayed.map(acted), to, by: viewer.name });
    await deadLetters.replay({ ids: replayed.map(({ id }) => id) }, target).catch(refuse);
  }
  const signals = new Set(homeless.flatMap(({ delivery }) => delivery?.signal ?? []));
  answerJson(response, {
    dryRun,
    replayed: replayed.map((letter) => row(letter, true)),
    homeless: homeless.map((letter) => row(letter, true)),
    targets: Object.fromEntries(
      [...signals].map((signal) => [signal, deadLetters.targetsOf?.(signal) ?? []]),
    ),
  });
}

function acted({ id, receiver, delivery }: DeadLetter): ActedLetter {
  return { id, receiver, signal: delivery?.signal, eventId: delivery?.eventId };
}

function row(
  { id, receiver, delivery, diedAt, attempts, reason, error, lineage }: DeadLetter,
  seesValues: boolean,
): object {
  return {
    id,
    receiver,
    signal: delivery?.signal,
    sender: delivery?.sender,
    occurredAt: delivery?.occurredAt,
    origin: delivery?.carrier['signals-trace'],
    diedAt: diedAt.toISOString(),
    attempts,
    reason: seesValues ? reason : undefined,
    errorClass: classOf(error),
    deaths: lineage.length + 1,
  };
}

function detail(
  { delivery, error, lineage }: DeadLetter,
  seesValues: boolean,
  isVisible: VisibleField,
): object {
  return {
    eventId: delivery?.eventId,
    payload: seesValues ? new ShownValues(isVisible).of(delivery?.payload) : undefined,
    error: seesValues ? shownError(error) : undefined,
    lineage: lineage.map((death) => ({ ...death, reason: seesValues ? death.reason : undefined })),
  };
}

function classOf(error: unknown): string {
  const name = (error as { readonly name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : 'Error';
}

/** Somebody was faster, or the ids are made up. */
function refuse(error: unknown): never {
  if (error instanceof Error && error.name === 'DeadLetterNotFoundError')
    throw notFound(error.message);
  if (error instanceof Error && error.name === 'ReplayTargetError')
    throw invalid(error.message, '/to');
  throw error;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function idOf(id: string): string {
  if (UUID.test(id)) return id;
  throw notFound('There is no such dead letter.');
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
