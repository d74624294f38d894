import type { EndedLetter } from '../api.js';
import { Note, useFetched } from '../parts/fetched.js';
import { age, clock, tries } from '../parts/format.js';
import { Link } from '../parts/link.js';
import { Lamp } from '../parts/outcome.js';

const LOOKS: Readonly<Record<string, string>> = {
  done: 'ok',
  dead: 'failed-aborted',
  gone: 'skipped',
};

const WORDS: Readonly<Record<string, string>> = {
  active: 'running',
  dead: 'dead again',
  gone: 'no longer kept',
};

/** What has become of the delivery of a letter that was replayed. */
export function Fate({ letter: { now, deadLetter, job } }: { letter: EndedLetter }) {
  return (
    <span class="fate">
      <Lamp outcome={LOOKS[now] ?? 'pending'} />
      {deadLetter ? (
        <Link to={`jobs/${deadLetter}`}>{WORDS[now] ?? now}</Link>
      ) : (
        (WORDS[now] ?? now)
      )}
      {job && (
        <>
          {' · '}
          <Link to={`t/${job}`}>its job</Link>
        </>
      )}
    </span>
  );
}

/** Letters that are dead no more, with what has become of them. */
export function EndedLetterList({ version }: { version: string }) {
  const { value, error } = useFetched<{ ended: readonly EndedLetter[] }>(
    'deliveries?state=ended',
    version,
  );
  if (error) return <Note title="They cannot be read">{error.message}</Note>;
  if (!value) return <p class="loading">Loading…</p>;
  if (value.ended.length === 0) {
    return (
      <Note title="Nothing was replayed or discarded">
        <p>Either leaves its record here.</p>
      </Note>
    );
  }
  return (
    <div class="table" tabIndex={0} role="region" aria-label="Ended letters">
      <table>
        <thead>
          <tr>
            <th scope="col">Receiver</th>
            <th scope="col">Had died of</th>
            <th scope="col" class="number">
              Tries
            </th>
            <th scope="col">Then</th>
            <th scope="col">Now</th>
          </tr>
        </thead>
        <tbody>
          {value.ended.map((letter) => (
            <tr key={letter.id}>
              <th scope="row">
                <Link to={`jobs/${letter.id}`}>{letter.receiver}</Link>
              </th>
              <td class="error">{letter.reason ?? 'hidden'}</td>
              <td class="number">{letter.attempts}</td>
              <td>
                {letter.outcome} {age(Date.parse(letter.endedAt))} ago
                {letter.replayedTo && <small>to {letter.replayedTo}</small>}
              </td>
              <td>
                <Fate letter={letter} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The record of one that is dead no more. */
export function EndedLetterDetail({ letter }: { letter: EndedLetter }) {
  const { receiver, outcome, endedAt, diedAt, attempts, reason, replayedTo } = letter;
  return (
    <section class="panel" aria-label="Ended letter" id="panel" tabIndex={-1}>
      <h2>{receiver}</h2>
      <p>
        Died at {clock(diedAt)} after {tries(attempts)}
        {reason && (
          <>
            : <span class="error">{reason}</span>
          </>
        )}
      </p>
      <p>
        {outcome === 'replayed' ? 'Replayed' : 'Discarded'} at {clock(endedAt)}
        {replayedTo && ` to ${replayedTo}`}.
      </p>
      <div class="block">
        <h3>Its delivery now</h3>
        <p>
          <Fate letter={letter} />
        </p>
      </div>
    </section>
  );
}
