import { storableText } from '../../integration/index.js';
import {
  deadLetterOf,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterPage,
  type DeadLetterRow,
} from './dead-letter.js';
import { lineagesOf } from './resolved-letters.js';
import type { Engine } from '../engine/engine.js';
import { isoText } from '../engine/iso-text.js';
import { reasonIn } from '../worker/failure-reason.js';
import { DEAD_LETTERS } from '../engine/queues.js';

const MOST_LISTED = 1_000;

const RECEIVER = "coalesce(source_name, data->>'receiver', 'unknown')";
const DIED_AT = "date_trunc('milliseconds', created_on)";
const IS_READABLE = `coalesce(data->'v' = '1'::jsonb AND NOT EXISTS (
  SELECT FROM unnest(ARRAY['eventId', 'signal', 'receiver', 'sentTo', 'occurredAt']) AS field
  WHERE jsonb_typeof(data->field) IS DISTINCT FROM 'string'), false)`;

/** What a search wants beside the filter. */
export interface SearchScope extends DeadLetterPage {
  /** Only letters that can be read and whose receiver is one of these, or with `isElsewhere` no other. */
  readonly receivers?: readonly string[];
  readonly isElsewhere?: boolean;
  /** Only letters that died until then, in ISO 8601 to the microsecond. */
  readonly until?: string;
}

/** Dead letters that are alike, as far as a replay asks. */
export interface DeadLetterGroup {
  readonly receiver: string;
  readonly signal: string | null;
  readonly isReadable: boolean;
  readonly hasKey: boolean;
  readonly count: number;
  /** One of them. */
  readonly id: string;
}

/** Finds dead letters, by the database alone: there may be more of them than a process can hold. */
export class DeadLetterSearch {
  constructor(private readonly engine: Engine) {}

  /** The latest first. */
  async find(filter: DeadLetterFilter, scope: SearchScope = {}): Promise<readonly DeadLetter[]> {
    const { limit = MOST_LISTED, after, receivers, isElsewhere = false, until } = scope;
    const rows = await this.engine.query<DeadLetterRow>(
      `SELECT id, data, ${isoText('created_on')} AS died_at, source_name, source_retry_count, source_output,
              ${reasonIn('source_output')} AS reason, priority, singleton_key,
              ${isoText('source_created_on', 'US')} AS written_at
       FROM ${this.#letters}
         AND ($5::text IS NULL OR (${DIED_AT}, id) < ($5::timestamptz, $6::uuid))
         AND ($7::text[] IS NULL OR (${IS_READABLE} AND ${RECEIVER} = ANY ($7)) <> $8::boolean)
         AND ($9::text IS NULL OR created_on <= $9::timestamptz)
       ORDER BY ${DIED_AT} DESC, id DESC LIMIT $10`,
      [
        ...valuesOf(filter),
        after?.diedAt.toISOString() ?? null,
        after?.id ?? null,
        receivers ?? null,
        isElsewhere,
        until ?? null,
        Math.min(limit, MOST_LISTED),
      ],
    );
    const lineages = await lineagesOf(this.engine, rows.map(keyOf));
    return rows.map((row) => deadLetterOf(row, lineages.get(keyOf(row)) ?? []));
  }

  async count(filter: DeadLetterFilter): Promise<number> {
    const [row] = await this.engine.query<{ count: string }>(
      `SELECT count(*) FROM ${this.#letters}`,
      valuesOf(filter),
    );
    return Number(row?.count ?? 0);
  }

  groups(filter: DeadLetterFilter): Promise<readonly DeadLetterGroup[]> {
    return this.engine.query<DeadLetterGroup>(
      `SELECT ${RECEIVER} AS receiver, data->>'signal' AS signal, ${IS_READABLE} AS "isReadable",
              singleton_key IS NOT NULL AS "hasKey", count(*)::integer AS count, min(id::text) AS id
       FROM ${this.#letters}
       GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
      valuesOf(filter),
    );
  }

  /** Those of these ids that are no dead letters. */
  async missing(ids: readonly string[]): Promise<readonly string[]> {
    const rows = await this.engine.query<{ id: string }>(
      `SELECT wanted.id FROM unnest($1::text[]) AS wanted (id)
       WHERE NOT EXISTS (SELECT FROM ${this.#table} AND id::text = wanted.id)`,
      [ids.map(storableText)],
    );
    const missing = new Set(rows.map(({ id }) => id));
    return ids.filter((id) => missing.has(storableText(id)));
  }

  /** The moment, to the microsecond. */
  async now(): Promise<string> {
    const [row] = await this.engine.query<{ now: string }>(
      `SELECT ${isoText('now()', 'US')} AS now`,
    );
    return row?.now ?? '';
  }

  get #table(): string {
    return `"${this.engine.schema}".job WHERE name = '${DEAD_LETTERS}' AND state = 'created'`;
  }

  get #letters(): string {
    return `${this.#table}
      AND ($1::text[] IS NULL OR id::text = ANY ($1))
      AND ($2::text IS NULL OR ${RECEIVER} = $2)
      AND ($3::text IS NULL OR data->>'signal' = $3)
      AND ($4::text IS NULL OR strpos(lower(${reasonIn('source_output')}), lower($4)) > 0)`;
  }
}

function valuesOf({ ids, receiver, signal, reason }: DeadLetterFilter): unknown[] {
  const kept = (text: string | undefined) => (text === undefined ? null : storableText(text));
  return [ids?.map(storableText) ?? null, kept(receiver), kept(signal), kept(reason)];
}

function keyOf({ data, source_name: source }: DeadLetterRow): string {
  const { eventId, receiver } = (data ?? {}) as { eventId?: string; receiver?: string };
  return eventId ? `${eventId}:${source ?? receiver ?? ''}` : '';
}
