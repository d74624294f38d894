import { storableText } from '../../integration/index.js';
import type { EarlierDeath, ResolvedLetter } from './dead-letter.js';
import type { Engine } from '../engine/engine.js';
import { isoText } from '../engine/iso-text.js';
import { deliveryIdOf } from '../outbox/event-ids.js';
import { DEAD_LETTERS } from '../engine/queues.js';

const MOST = 200;

const COLUMNS = `dead_letter_id AS id, receiver, reason, attempts, outcome,
  ${isoText('died_at')} AS "diedAt", ${isoText('ended_at')} AS "endedAt", replayed_to AS "replayedTo"`;

type DeathRow = Omit<EarlierDeath, 'diedAt' | 'endedAt' | 'replayedTo'> & {
  readonly diedAt: string;
  readonly endedAt: string;
  readonly replayedTo: string | null;
};

/** The earlier deaths of deliveries, by `event:receiver`, the latest first. */
export async function lineagesOf(
  engine: Engine,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly EarlierDeath[]>> {
  const deaths = await engine.query<DeathRow & { readonly key: string }>(
    `SELECT ${COLUMNS}, wanted.key
     FROM unnest($1::text[]) AS wanted (key)
     JOIN "${engine.schema}".replay
       ON event_id || ':' || receiver = wanted.key OR event_id || ':' || replayed_to = wanted.key
     ORDER BY ended_at DESC`,
    [keys.filter(Boolean)],
  );
  const lineages = new Map<string, EarlierDeath[]>();
  for (const { key, ...row } of deaths) {
    lineages.set(key, [...(lineages.get(key) ?? []), deathOf(row)]);
  }
  return lineages;
}

interface JobRow {
  readonly id: string;
  readonly state: string;
  /** Of the dead letter that it has become. */
  readonly letter: string | null;
}

/** What was replayed or discarded, with what has become of it, the latest first. */
export async function resolvedLetters(
  engine: Engine,
  ids: readonly string[] | undefined,
): Promise<readonly ResolvedLetter[]> {
  const { schema } = engine;
  const rows = await engine.query<DeathRow & { readonly eventId: string | null }>(
    `SELECT ${COLUMNS}, event_id AS "eventId" FROM "${schema}".replay
     WHERE $1::text[] IS NULL OR dead_letter_id::text = ANY ($1)
     ORDER BY ended_at DESC LIMIT ${MOST}`,
    [ids?.map(storableText) ?? null],
  );
  const deliveries = rows.map(({ eventId, receiver, replayedTo }) => {
    const queue = replayedTo ?? receiver;
    return { queue, id: eventId === null ? undefined : deliveryIdOf(eventId, queue) };
  });
  const jobs = await engine.query<JobRow>(
    `SELECT job.id, job.state, letter.id AS letter
     FROM unnest($1::text[], $2::uuid[]) AS wanted (name, id)
     JOIN "${schema}".job USING (name, id)
     LEFT JOIN "${schema}".job letter
       ON letter.name = '${DEAD_LETTERS}' AND letter.state = 'created' AND letter.source_id = job.id`,
    [
      deliveries.flatMap(({ queue, id }) => (id === undefined ? [] : [queue])),
      deliveries.flatMap(({ id }) => id ?? []),
    ],
  );
  const byId = new Map(jobs.map((job) => [job.id, job]));
  return rows.map(({ eventId: _eventId, ...row }, at) => {
    const deliveryId = deliveries[at]?.id;
    const job = deliveryId === undefined ? undefined : byId.get(deliveryId);
    return {
      ...deathOf(row),
      deliveryId,
      now: NOW[job?.state ?? ''] ?? 'gone',
      deadLetter: job?.letter ?? undefined,
    };
  });
}

const NOW: Readonly<Record<string, ResolvedLetter['now']>> = {
  created: 'waiting',
  retry: 'retrying',
  active: 'active',
  completed: 'done',
  failed: 'dead',
};

function deathOf({ diedAt, endedAt, replayedTo, ...row }: DeathRow): EarlierDeath {
  return {
    ...row,
    diedAt: new Date(diedAt),
    endedAt: new Date(endedAt),
    replayedTo: replayedTo ?? undefined,
  };
}
