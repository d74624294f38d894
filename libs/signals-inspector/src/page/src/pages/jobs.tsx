import type { JobsNews, Summary } from '../api.js';
import { useAbout } from '../parts/about.js';
import { Note } from '../parts/fetched.js';
import { age, duration, many } from '../parts/format.js';
import { Link } from '../parts/link.js';
import { Lamp } from '../parts/outcome.js';
import type { Place } from '../routes.js';
import { outcomeOf } from '../timeline/trace-list.js';
import type { Moment } from '../traces.js';
import { DeadLetterPage } from './dead-letters.js';
import { EndedLetterList } from './ended-letters.js';
import { PendingList } from './pending.js';

const TABS = [
  ['dead', 'Dead'],
  ['retrying', 'Retrying'],
  ['waiting', 'Waiting'],
  ['delayed', 'Delayed'],
  ['active', 'Running'],
] as const;

/** Deliveries by what became of them, and the jobs that this process ran. */
export function JobsPage({ place, moment }: { place: Place; moment: Moment }) {
  const about = useAbout();
  const state = place.query.get('state') ?? 'dead';
  const jobs = moment.traces.filter(({ entry }) => entry === 'job');
  const version = `${moment.jobsTold} ${jobs[0]?.sequence ?? 0}`;
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
  return (
    <main class="page wide" id="main">
      <h1>Jobs and dead letters</h1>
      <nav class="tabs" aria-label="States">
        {TABS.map(([key, label]) => (
          <Link
            key={key}
            to={key === 'dead' ? 'jobs' : `jobs?state=${key}`}
            aria-current={state === key ? 'page' : undefined}
          >
            {label} <i>{moment.jobs?.states[key] ?? ''}</i>
          </Link>
        ))}
        <Link to="jobs?state=ended" aria-current={state === 'ended' ? 'page' : undefined}>
          Ended
        </Link>
      </nav>
      <WorkerMissing jobs={moment.jobs} />
      {state === 'dead' && <DeadLetterPage id={place.parts[1]} version={version} />}
      {state === 'ended' && <EndedLetterList version={version} />}
      {state !== 'dead' && state !== 'ended' && <PendingList state={state} version={version} />}
      <Ran jobs={jobs} />
    </main>
  );
}

function WorkerMissing({ jobs }: { jobs: JobsNews | undefined }) {
  if (!jobs?.isWorkerMissing) return null;
  const waiting = jobs.states.waiting + jobs.states.retrying;
  return (
    <p class="warning" role="status">
      No worker has been seen for 2 minutes; {many(waiting, 'job')}{' '}
      {waiting === 1 ? 'waits' : 'wait'}. Start one, or give this process{' '}
      <code>durableSignals({'{ workers: true }'})</code>.
    </p>
  );
}

function Ran({ jobs }: { jobs: readonly Summary[] }) {
  if (jobs.length === 0) return null;
  return (
    <section class="ran">
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
