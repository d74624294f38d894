import type { DeadLetter, DeadLetterFilter, DurableDesk } from '../dead-letter-desk.js';
import { shownError } from '../recorder/shown-error.js';
import { shownValue, type VisibleField } from '../recorder/shown-value.js';
import { answerJson, jsonOf, notFound, Problem } from './answer.js';
import type { Call } from './call.js';

const FIELDS = ['signal', 'receiver', 'reason'] as const;
const MOST_IDS = 1_000;
const MOST_SHOWN = 500;

/** Lists dead letters, or shows one. */
export async function answerDead(
  durable: DurableDesk | undefined,
  [id]: readonly string[],
  { response, query, viewer }: Call,
  isVisible: VisibleField,
): Promise<void> {
  if (!durable) throw notFound('No durable deliveries are kept here.');
  if (id !== undefined) {
    const [found] = await durable.deadLetters.list({ ids: [idOf(id)] });
    if (!found) throw notFound('There is no such dead letter any more. It may have been replayed.');
    answerJson(response, {
      ...row(found, viewer.seesValues),
      ...detail(found, viewer.seesValues, isVisible),
    });
    return;
  }
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

/** Replays what was selected, or tells what would be. */
export async function answerReplay(
  durable: DurableDesk | undefined,
  [act]: readonly string[],
  { request, response }: Call,
): Promise<void> {
  if (!durable || act !== 'replay') throw notFound('There is no such address.');
  const { ids, filter, dryRun = false } = await jsonOf(request);
  if (typeof dryRun !== 'boolean') throw invalid('dryRun must be true or false.', '/dryRun');
  if ((ids === undefined) === (filter === undefined)) {
    throw invalid('Either ids or filter says what is replayed.', '');
  }
  const wanted = ids === undefined ? filterOf(filter) : { ids: idsOf(ids) };
  const { replayed, homeless } = await durable.deadLetters
    .replay(wanted, { dryRun })
    .catch((error: unknown) => refuse(error));
  answerJson(response, {
    dryRun,
    replayed: replayed.map((letter) => row(letter, true)),
    homeless: homeless.map((letter) => row(letter, true)),
  });
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
    payload: seesValues ? shownValue(delivery?.payload, isVisible) : undefined,
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
