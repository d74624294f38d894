import type { EndedLetter, Letter, LetterDetail } from '../api.js';
import { useFetched } from '../parts/fetched.js';
import { clock, tries } from '../parts/format.js';
import { Link } from '../parts/link.js';
import { Failure } from '../timeline/span-panel.js';
import { Attempts } from './attempts.js';
import { EndedLetterDetail } from './ended-letters.js';

interface DeadLetterDetailProps {
  readonly id: string;
  readonly version: string;
  readonly canReplay: boolean;
  readonly onReplay: (letter: Letter) => void;
}

/** One dead letter: what it died of, what it carries, and how often it has died before. */
export function DeadLetterDetail({ id, version, canReplay, onReplay }: DeadLetterDetailProps) {
  const { value, error } = useFetched<LetterDetail | { ended: EndedLetter }>(`dead/${id}`, version);
  if (!value) {
    return (
      <section class="panel">
        <p class={error ? 'error' : 'loading'}>{error?.message ?? 'Loading…'}</p>
      </section>
    );
  }
  if ('ended' in value) return <EndedLetterDetail letter={value.ended} />;
  return (
    <section class="panel" aria-label="Dead letter" id="panel" tabIndex={-1}>
      <h2>{value.receiver}</h2>
      <p>
        {value.signal} {value.sender && `of ${value.sender}`}
        {value.occurredAt && `, sent at ${clock(value.occurredAt)}`}
      </p>
      <p>
        Failed for good after {triesOf(value)}, at {clock(value.diedAt)}.
      </p>
      {value.origin && (
        <p>
          <Link to={`t/${value.origin}`}>The request that it came from</Link>
        </p>
      )}
      {canReplay && (
        <p>
          <button type="button" data-replay onClick={() => onReplay(value)}>
            Replay…
          </button>
        </p>
      )}
      <Attempts letter={value} />
      {value.lineage.length > 0 && (
        <div class="block">
          <h3>Earlier deaths</h3>
          <ol>
            {value.lineage.map((death) => (
              <li key={death.id}>
                <Link to={`jobs/${death.id}`}>{clock(death.diedAt)}</Link>: {death.reason} after{' '}
                {tries(death.attempts)}, {death.outcome}{' '}
                {death.replayedTo && `to ${death.replayedTo} `}at {clock(death.endedAt)}
              </li>
            ))}
          </ol>
        </div>
      )}
      {value.error && <Failure error={value.error} />}
      {value.payload !== undefined && (
        <div class="block">
          <h3>Payload</h3>
          <pre tabIndex={0}>{JSON.stringify(value.payload, null, 2)}</pre>
        </div>
      )}
    </section>
  );
}

/** `5 of 5 tries`; after a replay there are as many again, which no number tells well. */
function triesOf({ attempts, allowed, lineage }: LetterDetail): string {
  if (allowed === undefined || lineage.length > 0) return tries(attempts);
  return `${attempts.toLocaleString('en')} of ${tries(allowed)}`;
}
