import type { Receiver } from '../api.js';
import { age, duration, many } from '../parts/format.js';
import { Link } from '../parts/link.js';
import { Badge } from '../parts/outcome.js';
import { Site } from '../parts/site.js';

export const PHASES: Readonly<Record<string, string>> = {
  inTransaction: 'in the transaction',
  afterCommit: 'after the commit',
  afterRollback: 'after a rollback',
  durable: 'durable',
  besideRequest: 'beside the request',
};

/** One receiver: when it runs, what its failure does, and how it has fared. */
export function ReceiverCard({ receiver }: { receiver: Receiver }) {
  const {
    dispatchUid,
    sender,
    phase,
    robust,
    order,
    location,
    runs,
    failures,
    p50,
    p95,
    durations,
    lastFailure,
  } = receiver;
  const policy =
    phase === 'inTransaction'
      ? robust
        ? 'a failure is reported and ignored'
        : 'a failure undoes the sender'
      : 'a failure is reported';
  return (
    <li>
      <h3>{dispatchUid}</h3>
      <p>
        <span class={`phase is-${phase}`}>{PHASES[phase]}</span> {policy}; of {sender}
        {order !== 0 && `; order ${order}`}
      </p>
      {location && (
        <p>
          <Site site={location} />
        </p>
      )}
      <p>
        {runs === 0
          ? 'Never ran since the start'
          : `${many(runs, 'run')}, p50 ${duration(p50)}, p95 ${duration(p95)}`}
        {failures > 0 && (
          <>
            {' '}
            · <Badge look="failed-isolated">{failures} failed</Badge>
          </>
        )}
      </p>
      {durations.length > 2 && <Distribution durations={durations} />}
      {lastFailure && (
        <p>
          Last failure {age(lastFailure.at)} ago:{' '}
          <Link to={`t/${lastFailure.trace}`}>{lastFailure.message ?? 'see its trace'}</Link>
        </p>
      )}
    </li>
  );
}

/** The latest durations, from short to long in twelve steps. */
function Distribution({ durations }: { durations: readonly number[] }) {
  const longest = Math.max(...durations, 0.001);
  const steps = Array.from({ length: 12 }, () => 0);
  for (const each of durations) {
    const step = Math.min(11, Math.floor((each / longest) * 12));
    steps[step] = (steps[step] ?? 0) + 1;
  }
  const most = Math.max(...steps);
  return (
    <svg
      class="distribution"
      viewBox="0 0 120 24"
      role="img"
      aria-label={`Durations from 0 to ${duration(longest)}`}
    >
      {steps.map((times, index) => {
        const height = times === 0 ? 1 : 3 + (20 * times) / most;
        return <rect key={index} x={index * 10 + 1} y={24 - height} width="8" height={height} />;
      })}
    </svg>
  );
}
