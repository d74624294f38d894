import { useEffect, useState } from 'preact/hooks';
import { Note } from '../parts/fetched.js';
import { age, clock, many, restartWords } from '../parts/format.js';
import { go, type Place } from '../routes.js';
import { Empty } from '../timeline/empty.js';
import { FilterBox } from '../timeline/filter-box.js';
import { filterOf } from '../timeline/filter.js';
import { TraceList } from '../timeline/trace-list.js';
import { TraceView } from '../timeline/trace-view.js';
import type { Moment, Traces } from '../traces.js';

interface TimelineProps {
  readonly place: Place;
  readonly moment: Moment;
  readonly traces: Traces;
}

/** What came in, the newest first, and what one of it led to. */
export function Timeline({ place, moment, traces }: TimelineProps) {
  const query = place.query.get('q') ?? '';
  const filter = filterOf(query);
  const fitting = moment.traces.filter(filter.fits);
  const shown = filter.showsAll
    ? fitting
    : fitting.filter(
        ({ hasEffects, failedAborted, status = 0 }) =>
          hasEffects || failedAborted > 0 || status >= 500,
      );
  const hidden = moment.traces.length - shown.length;
  const id = place.parts[0] === 't' ? place.parts[1] : undefined;
  const now = useClock();
  const setQuery = (text: string): void => {
    const path = id === undefined ? '' : `t/${id}`;
    go(text === '' ? path || '?' : `${path}?q=${encodeURIComponent(text)}`, { replace: true });
  };
  const toggleAll = (): void =>
    setQuery(
      filter.showsAll ? query.replace('effects:none', '').trim() : `${query} effects:none`.trim(),
    );
  return (
    <main class={`timeline ${id === undefined ? 'has-none' : 'has-one'}`} id="main">
      <div class="side">
        <h1 class="hidden-label">Timeline</h1>
        <div class="filter">
          <FilterBox query={query} onChange={setQuery} />
          <button type="button" class="quiet" aria-pressed={filter.showsAll} onClick={toggleAll}>
            {filter.showsAll ? 'All requests' : 'With effects'}
          </button>
        </div>
        <Banners moment={moment} traces={traces} now={now} isEmpty={shown.length === 0} />
        {shown.length > 0 && (
          <TraceList traces={shown} selected={id} now={now} restartedAt={moment.restartedAt} />
        )}
        {shown.length === 0 && moment.isLoaded && (
          <Empty
            hidden={hidden}
            isFiltered={query.replace('effects:none', '').trim() !== ''}
            onClear={() => setQuery(fitting.length > 0 ? 'effects:none' : '')}
          />
        )}
        {shown.length > 0 && hidden > 0 && (
          <p class="hidden-count">{many(hidden, 'request')} not shown</p>
        )}
      </div>
      <div class="detail">
        {id === undefined ? (
          <Note title={shown.length > 0 ? 'Choose a request' : 'Every side effect, in order'}>
            <p>
              Its signals, receivers, transactions and statements appear here, with what ran after
              the commit and what was dropped.
            </p>
          </Note>
        ) : (
          <TraceView id={id} summary={moment.traces.find((trace) => trace.id === id)} key={id} />
        )}
      </div>
    </main>
  );
}

interface BannersProps {
  readonly moment: Moment;
  readonly traces: Traces;
  readonly now: number;
  readonly isEmpty: boolean;
}

function Banners({ moment, traces, now, isEmpty }: BannersProps) {
  const { link, heardAt, pausedAt, arrivedWhilePaused, missed, restartedAt } = moment;
  return (
    <div aria-live="polite">
      {pausedAt !== undefined && (
        <p class="banner">
          Paused at {clock(pausedAt)} — {many(arrivedWhilePaused, 'request')} arrived since{' '}
          <button type="button" class="quiet" onClick={() => traces.togglePause()}>
            Resume
          </button>
        </p>
      )}
      {link === 'lost' && (
        <p class="banner is-lost">Reconnecting… last heard {age(heardAt, now)} ago</p>
      )}
      {link === 'refused' && (
        <p class="banner is-lost">
          This browser is not let in any more. Open the link that the application printed when it
          started.
        </p>
      )}
      {link === 'polling' && (
        <p class="banner">The stream is cut off; the list is asked for every 5 seconds</p>
      )}
      {missed > 0 && <p class="banner">{many(missed, 'request')} were not kept</p>}
      {restartedAt !== undefined && isEmpty && <p class="banner">{restartWords(restartedAt)}</p>}
    </div>
  );
}

function useClock(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
