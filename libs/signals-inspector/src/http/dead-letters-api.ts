import type { DeadLetter, DeadLetterFilter, DurableDesk } from '../dead-letter-desk.js';
import { shownError } from '../recorder/shown-error.js';
import { ShownValues } from '../recorder/shown-value.js';
import { answerJson, notFound } from './answer.js';
import type { Inspected } from './inspected.js';
import { attemptsOf } from './attempts-of.js';
import type { Call } from './call.js';
import { endedRow } from './deliveries-api.js';
import { adminOf } from 'nestjs-signals/core';

export const FIELDS = ['signal', 'receiver', 'reason'] as const;
const MOST_SHOWN = 500;
/** One letter is looked at: more of it may be shown than a recorder keeps of every send. */
const PAYLOAD_DEPTH = 6;

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
    total: (await durable.deadLetters.count?.(filter)) ?? letters.length,
    letters: letters.slice(0, MOST_SHOWN).map((letter) => letterRow(letter, viewer.seesValues)),
  });
}

async function showOne(
  inspected: Inspected,
  { deadLetters }: DurableDesk,
  id: string,
  { response, viewer }: Call,
): Promise<void> {
  const { recorder } = inspected;
  const [found] = await deadLetters.list({ ids: [id] });
  if (found) {
    const shown = letterRow(found, viewer.seesValues);
    return answerJson(response, { ...shown, ...detail(found, viewer.seesValues, inspected) });
  }
  const [ended] = (await deadLetters.ended?.([id])) ?? [];
  if (!ended) throw notFound('There is no such dead letter.');
  answerJson(response, { ended: endedRow(ended, recorder.store.list(), viewer.seesValues) });
}

export function letterRow(
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
  { delivery, deliveryId, receiver, error, lineage }: DeadLetter,
  seesValues: boolean,
  { isVisible, recorder, signals }: Inspected,
): object {
  const known = adminOf(signals)
    .list()
    .find(({ dispatchUid }) => dispatchUid === receiver);
  return {
    allowed: known?.durable && known.durable.retries + 1,
    tries: attemptsOf(deliveryId, recorder.store.list(), seesValues),
    eventId: delivery?.eventId,
    payload: seesValues
      ? new ShownValues(isVisible, PAYLOAD_DEPTH).of(delivery?.payload)
      : undefined,
    error: seesValues ? shownError(error) : undefined,
    lineage: lineage.map((death) => ({ ...death, reason: seesValues ? death.reason : undefined })),
  };
}

function classOf(error: unknown): string {
  const name = (error as { readonly name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : 'Error';
}

export const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function idOf(id: string): string {
  if (UUID.test(id)) return id;
  throw notFound('There is no such dead letter.');
}
