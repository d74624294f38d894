import type { RegisteredSignal, Registry, Summary } from '../api.js';
import type { Moment } from '../traces.js';
import { Note, useFetched } from '../parts/fetched.js';
import { age, duration } from '../parts/format.js';
import { Link } from '../parts/link.js';
import { Badge } from '../parts/outcome.js';
import { Site } from '../parts/site.js';
import { PHASES, ReceiverCard } from './receiver-card.js';
import { go, type Place } from '../routes.js';

const TABS = [
  ['wired', 'Wired'],
  ['unheard', 'No receivers'],
  ['unsent', 'Never sent since start'],
] as const;

const IN_TAB: Readonly<Record<string, (signal: RegisteredSignal) => boolean>> = {
  wired: ({ receivers }) => receivers.length > 0,
  unheard: ({ receivers, sent, unheard }) => receivers.length === 0 && (sent === 0 || unheard > 0),
  unsent: ({ sent, name }) => sent === 0 && name !== '*',
};

/** Every signal of the application, and who hears it. */
export function SignalsPage({ place, moment }: { place: Place; moment: Moment }) {
  const { traces, registryTold } = moment;
  const version = `${registryTold} ${traces[0]?.sequence ?? 0}`;
  const { value } = useFetched<Registry>('registry', version);
  const name = place.parts[1];
  const tab = place.query.get('tab') ?? 'wired';
  if (!value)
    return (
      <main class="page" id="main">
        <p class="loading">Loading…</p>
      </main>
    );
  const signal = value.signals.find((each) => each.name === name);
  if (name !== undefined) {
    return (
      <main class="page" id="main">
        {signal ? (
          <SignalDetail signal={signal} traces={traces} />
        ) : (
          <Note title="There is no such signal">
            <Link to="signals">All signals</Link>
          </Note>
        )}
      </main>
    );
  }
  const shown = value.signals.filter(IN_TAB[tab] ?? (() => true));
  return (
    <main class="page" id="main">
      <h1>Signals</h1>
      <nav class="tabs" aria-label="Which signals">
        {TABS.map(([key, label]) => (
          <Link key={key} to={`signals?tab=${key}`} aria-current={tab === key ? 'page' : undefined}>
            {label} <i>{value.signals.filter(IN_TAB[key] ?? (() => true)).length}</i>
          </Link>
        ))}
      </nav>
      {shown.length === 0 ? (
        <Note title="None">
          <p>No signal fits this tab.</p>
        </Note>
      ) : (
        <div class="table" tabIndex={0} role="region" aria-label="Signals">
          <table>
            <thead>
              <tr>
                <th scope="col">Signal</th>
                <th scope="col">Receivers</th>
                <th scope="col">When</th>
                <th scope="col" class="number">
                  Sent
                </th>
                <th scope="col" class="number">
                  p95
                </th>
                <th scope="col" class="number">
                  Failures
                </th>
                <th scope="col">Last</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((each) => (
                <SignalRow key={each.name} signal={each} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}

function SignalRow({ signal }: { signal: RegisteredSignal }) {
  const { name, receivers, sent, lastSentAt, description } = signal;
  const failures = receivers.reduce((sum, each) => sum + each.failures, 0);
  const p95 = Math.max(...receivers.map((each) => each.p95 ?? 0));
  const phases = new Map<string, number>();
  for (const { phase } of receivers) phases.set(phase, (phases.get(phase) ?? 0) + 1);
  return (
    <tr>
      <th scope="row">
        <Link to={`signals/${encodeURIComponent(name)}`}>
          {name === '*' ? 'every domain signal' : name}
        </Link>
        {description && <small>{description}</small>}
      </th>
      <td>
        {receivers.length === 0
          ? '–'
          : [...new Set(receivers.map((each) => each.dispatchUid))].join(', ')}
      </td>
      <td>
        {[...phases].map(([phase, times]) => (
          <span key={phase} class={`phase is-${phase}`}>
            {times} {PHASES[phase]}
          </span>
        ))}
      </td>
      <td class="number">{sent}</td>
      <td class="number">{p95 > 0 ? duration(p95) : '–'}</td>
      <td class="number">
        {failures > 0 ? <Badge look="failed-isolated">{failures}</Badge> : '–'}
      </td>
      <td>{lastSentAt === undefined ? '–' : `${age(lastSentAt)} ago`}</td>
    </tr>
  );
}

function SignalDetail({
  signal,
  traces,
}: {
  signal: RegisteredSignal;
  traces: readonly Summary[];
}) {
  const { name, description, sites, sentBy, receivers } = signal;
  const latest = traces.filter((trace) => trace.names.includes(name)).slice(0, 10);
  return (
    <>
      <p class="crumb">
        <Link to="signals">Signals</Link>
      </p>
      <h1>{name}</h1>
      <p class="lead">{description}</p>
      <div class="canvas">
        <section>
          <h2>Sent by</h2>
          {sites.length === 0 && sentBy.length === 0 && (
            <p class="soft">Not seen since the start.</p>
          )}
          <ul class="cards">
            {sites.map(({ site, times }) => (
              <li key={site}>
                <Site site={site} /> <i>{times} ×</i>
              </li>
            ))}
            {sentBy.map((receiver) => (
              <li key={receiver}>{receiver}, in turn</li>
            ))}
          </ul>
        </section>
        <section>
          <h2>Then, in this order</h2>
          {receivers.length === 0 && <p class="soft">Nobody hears it.</p>}
          <ol class="cards">
            {receivers.map((receiver) => (
              <ReceiverCard
                key={`${receiver.dispatchUid} ${receiver.sender}`}
                receiver={receiver}
              />
            ))}
          </ol>
        </section>
        <section>
          <h2>Latest</h2>
          {latest.length === 0 && <p class="soft">In no trace that is kept.</p>}
          <ul class="cards">
            {latest.map((trace) => (
              <li key={trace.id}>
                <Link to={`t/${trace.id}`}>{trace.name}</Link>{' '}
                <i>
                  {duration(trace.duration)}, {age(trace.startedAt)} ago
                </i>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </>
  );
}

export function openSignal(name: string): void {
  go(`signals/${encodeURIComponent(name)}`);
}
