import { useState } from 'preact/hooks';
import type { DeadLetters, Summary } from '../api.js';
import { useAbout } from '../parts/about.js';
import { Note, useFetched } from '../parts/fetched.js';
import { age, duration } from '../parts/format.js';
import { Link } from '../parts/link.js';
import { Badge, Lamp } from '../parts/outcome.js';
import { go, type Place } from '../routes.js';
import { outcomeOf } from '../timeline/trace-list.js';
import { DeadLetterDetail } from './dead-letter-detail.js';
import { ageOf, DeadLetterMatrix } from './dead-letter-matrix.js';
import { ReplayDialog, type Selection } from './replay-dialog.js';

/** Deliveries that failed for good, and the jobs that this process ran. */
export function JobsPage({ place, traces }: { place: Place; traces: readonly Summary[] }) {
  const about = useAbout();
  const jobs = traces.filter(({ entry }) => entry === 'job');
  if (about && !about.hasDeliveries) {
    return (
      <main class="page" id="main">
        <h1 class="hidden-label">Jobs and dead letters</h1>
        <Note title="No durable deliveries here">
          <p>
            Receivers with <code>phase: 'durable'</code> are kept in PostgreSQL and retried. Give
            the integration to the inspector, too:{' '}
            <code>InspectorModule.forRoot({'{ durable }'})</code>.
          </p>
        </Note>
      </main>
    );
  }
  return <Kept place={place} jobs={jobs} />;
}

function Kept({ place, jobs }: { place: Place; jobs: readonly Summary[] }) {
  const about = useAbout();
  const { value, error, reload } = useFetched<DeadLetters>('dead', jobs[0]?.sequence);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [cell, setCell] = useState<{ errorClass: string; age: number }>();
  const [selection, setSelection] = useState<Selection>();
  const id = place.parts[1];
  if (error)
    return (
      <main class="page" id="main">
        <Note title="The dead letters cannot be read">{error.message}</Note>
      </main>
    );
  if (!value)
    return (
      <main class="page" id="main">
        <p class="loading">Loading…</p>
      </main>
    );
  const shown = value.letters.filter(
    (letter) => !cell || (letter.errorClass === cell.errorClass && ageOf(letter) === cell.age),
  );
  const canReplay = about?.access === 'operate';
  const toggle = (letter: string): void => {
    const next = new Set(chosen);
    if (!next.delete(letter)) next.add(letter);
    setChosen(next);
  };
  return (
    <main class="page wide" id="main">
      <div class="page-head">
        <h1>Jobs and dead letters</h1>
        {!value.health.hasWorkers && (
          <Badge look="failed-isolated">no worker in this process</Badge>
        )}
        {canReplay && shown.length > 0 && (
          <>
            <button
              type="button"
              disabled={chosen.size === 0}
              onClick={() =>
                setSelection({ letters: value.letters.filter((each) => chosen.has(each.id)) })
              }
            >
              Replay {chosen.size > 0 ? chosen.size : 'selected'}…
            </button>
            <button type="button" class="quiet" onClick={() => setSelection({ letters: shown })}>
              Replay all {shown.length}…
            </button>
          </>
        )}
      </div>
      {value.letters.length === 0 ? (
        <Note title="No dead letters">
          <p>Every delivery has arrived, or is still being tried.</p>
        </Note>
      ) : (
        <>
          <DeadLetterMatrix letters={value.letters} cell={cell} onChoose={setCell} />
          <div class="split">
            <div class="table" tabIndex={0} role="region" aria-label="Dead letters">
              <table>
                <thead>
                  <tr>
                    <th scope="col">
                      <span class="hidden-label">Select</span>
                    </th>
                    <th scope="col">Receiver</th>
                    <th scope="col">Error</th>
                    <th scope="col" class="number">
                      Tries
                    </th>
                    <th scope="col">Died</th>
                  </tr>
                </thead>
                <tbody>
                  {shown.map((letter) => (
                    <tr key={letter.id} aria-current={letter.id === id ? 'true' : undefined}>
                      <td>
                        <input
                          type="checkbox"
                          aria-label={`Select the letter to ${letter.receiver}`}
                          checked={chosen.has(letter.id)}
                          onChange={() => toggle(letter.id)}
                        />
                      </td>
                      <th scope="row">
                        <Link to={`jobs/${letter.id}`}>{letter.receiver}</Link>
                        <small>{letter.signal}</small>
                      </th>
                      <td class="error">{letter.reason ?? letter.errorClass}</td>
                      <td class="number">
                        {letter.attempts}
                        {letter.deaths > 1 && <small>died {letter.deaths} ×</small>}
                      </td>
                      <td>{age(Date.parse(letter.diedAt))} ago</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {id !== undefined && (
              <DeadLetterDetail
                key={id}
                id={id}
                canReplay={canReplay}
                onReplay={(letter) => setSelection({ letters: [letter] })}
              />
            )}
          </div>
        </>
      )}
      <Ran jobs={jobs} />
      {selection && (
        <ReplayDialog
          selection={selection}
          onClose={(isReplayed) => {
            setSelection(undefined);
            if (!isReplayed) return;
            setChosen(new Set());
            if (id !== undefined) go('jobs');
            reload();
          }}
        />
      )}
    </main>
  );
}

function Ran({ jobs }: { jobs: readonly Summary[] }) {
  if (jobs.length === 0) return null;
  return (
    <section>
      <h2>Jobs of this process</h2>
      <ul class="cards">
        {jobs.slice(0, 20).map((job) => (
          <li key={job.id}>
            <Lamp outcome={outcomeOf(job)} /> <Link to={`t/${job.id}`}>{job.name}</Link>{' '}
            <i>
              {duration(job.duration)}, {age(job.startedAt)} ago
            </i>
          </li>
        ))}
      </ul>
    </section>
  );
}
