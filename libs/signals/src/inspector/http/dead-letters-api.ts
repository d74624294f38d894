import type { DeadLetterDesk, DeadLetterFilter } from '../dead-letter-desk.js';
import { answerJson, jsonOf, notFound, Problem } from './answer.js';
import type { Call } from './call.js';

const FIELDS = ['signal', 'receiver', 'errorClass', 'state'] as const;
const MOST_IDS = 1_000;

/** Lists dead letters, or shows one. */
export async function answerDead(
  desk: DeadLetterDesk | undefined,
  [id]: readonly string[],
  { response, query, viewer }: Call,
): Promise<void> {
  if (!desk) throw notFound('No durable deliveries are kept here.');
  if (id === undefined) {
    const filter = Object.fromEntries(
      FIELDS.map((field) => [field, query.get(field) ?? undefined]),
    );
    const limit = Math.min(Number(query.get('limit')) || 200, 1_000);
    const [counts, letters] = await Promise.all([desk.counts(), desk.list(present(filter), limit)]);
    const shown = viewer.seesValues
      ? letters
      : letters.map((letter) => ({ ...letter, error: undefined }));
    answerJson(response, { ...counts, letters: shown });
    return;
  }
  const detail = await desk.show(id);
  if (!detail) throw notFound('There is no such delivery any more.');
  answerJson(
    response,
    viewer.seesValues
      ? detail
      : {
          ...detail,
          payload: undefined,
          error: undefined,
          stack: undefined,
          history: detail.history.map((attempt) => ({ ...attempt, error: undefined })),
        },
  );
}

/** Replays what was selected, or tells what would be. */
export async function answerReplay(
  desk: DeadLetterDesk | undefined,
  [act]: readonly string[],
  { request, response }: Call,
): Promise<void> {
  if (!desk || act !== 'replay') throw notFound('There is no such address.');
  const { ids, filter, dryRun = false } = await jsonOf(request);
  if (typeof dryRun !== 'boolean') throw invalid('dryRun must be true or false.', '/dryRun');
  if ((ids === undefined) === (filter === undefined)) {
    throw invalid('Either ids or filter says what is replayed.', '');
  }
  const selection = ids === undefined ? { filter: filterOf(filter) } : { ids: idsOf(ids) };
  answerJson(response, await desk.replay(selection, dryRun));
}

function idsOf(ids: unknown): readonly string[] {
  const isList = Array.isArray(ids) && ids.length > 0 && ids.length <= MOST_IDS;
  if (isList && ids.every((id) => typeof id === 'string')) return ids;
  throw invalid(`ids must be a list of 1 to ${MOST_IDS} ids.`, '/ids');
}

function filterOf(filter: unknown): DeadLetterFilter {
  if (typeof filter !== 'object' || filter === null)
    throw invalid('filter must be an object.', '/filter');
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

function present(filter: Record<string, string | undefined>): DeadLetterFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

function invalid(detail: string, pointer: string): Problem {
  return new Problem(400, 'invalid', 'The request is not valid', detail, pointer);
}
