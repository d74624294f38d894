import type { Letter, LetterDetail } from '../api.js';
import { useFetched } from '../parts/fetched.js';
import { clock, many } from '../parts/format.js';
import { Link } from '../parts/link.js';
import { Failure } from '../timeline/span-panel.js';

/** One dead letter: what it died of, what it carries, and how often it has died before. */
export function DeadLetterDetail({
  id,
  canReplay,
  onReplay,
}: {
  id: string;
  canReplay: boolean;
  onReplay: (letter: Letter) => void;
}) {
  const { value, error } = useFetched<LetterDetail>(`dead/${id}`);
  if (error)
    return (
      <section class="panel">
        <p>{error.message}</p>
      </section>
    );
  if (!value)
    return (
      <section class="panel">
        <p class="loading">Loading…</p>
      </section>
    );
  return (
    <section class="panel" aria-label="Dead letter" id="panel" tabIndex={-1}>
      <h2>{value.receiver}</h2>
      <p>
        {value.signal} {value.sender && `of ${value.sender}`}
        {value.occurredAt && `, sent at ${clock(value.occurredAt)}`}
      </p>
      <p>Failed for good after {many(value.attempts, 'try').replace('trys', 'tries')}.</p>
      {value.origin && (
        <p>
          <Link to={`t/${value.origin}`}>The request that it came from</Link>
        </p>
      )}
      {canReplay && (
        <button type="button" data-replay onClick={() => onReplay(value)}>
          Replay…
        </button>
      )}
      {value.error && <Failure error={value.error} />}
      {value.payload !== undefined && (
        <div class="block">
          <h3>Payload</h3>
          <pre tabIndex={0}>{JSON.stringify(value.payload, null, 2)}</pre>
        </div>
      )}
      {value.lineage.length > 0 && (
        <div class="block">
          <h3>Earlier deaths</h3>
          <ol>
            {value.lineage.map((death) => (
              <li key={death.id}>
                {clock(death.diedAt)}: {death.reason ?? 'failed'} after {death.attempts} tries,{' '}
                {death.outcome} at {clock(death.endedAt)}
              </li>
            ))}
          </ol>
        </div>
      )}
    </section>
  );
}
