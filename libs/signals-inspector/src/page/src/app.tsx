import { useEffect, useState } from 'preact/hooks';
import { get, type About } from './api.js';
import { useKeyboard } from './keyboard.js';
import { ChecksPage } from './pages/checks.js';
import { JobsPage } from './pages/jobs.js';
import { MailPage } from './pages/mail.js';
import { MapPage } from './pages/map.js';
import { SignalsPage } from './pages/signals.js';
import { Timeline } from './pages/timeline.js';
import { AboutContext } from './parts/about.js';
import { age, megabytes } from './parts/format.js';
import { Help } from './parts/help.js';
import { Link } from './parts/link.js';
import { usePlace } from './routes.js';
import { nextTheme, THEME_WORDS, useTheme } from './theme.js';
import type { Link as LiveLink } from './stream.js';
import { Traces, type Moment } from './traces.js';

const PAGES = [
  ['', 'Timeline'],
  ['signals', 'Signals'],
  ['map', 'Map'],
  ['jobs', 'Jobs'],
  ['checks', 'Checks'],
  ['mail', 'Mail'],
] as const;

const LIVE_WORDS: Readonly<Record<LiveLink | 'paused', string>> = {
  connecting: 'Connecting',
  live: 'Live',
  polling: 'Every 5 s',
  lost: 'Reconnecting',
  refused: 'No access',
  paused: 'Paused',
};

const traces = new Traces();

export function App() {
  const place = usePlace();
  const [moment, setMoment] = useState(traces.moment);
  const [about, setAbout] = useState<About>();
  const [theme, setTheme] = useTheme();
  const [isHelping, setHelping] = useState(false);
  useEffect(() => {
    const stop = traces.subscribe(() => setMoment(traces.moment));
    traces.begin();
    return stop;
  }, []);
  useEffect(() => {
    get<About>('about').then(setAbout, () => {});
  }, [moment.restartedAt]);
  const link = moment.pausedAt === undefined ? moment.link : 'paused';
  const page = place.parts[0] === 't' ? '' : (place.parts[0] ?? '');
  const title = PAGES.find(([path]) => path === page)?.[1] ?? 'Timeline';
  useEffect(() => {
    document.title = `${title} · Signals`;
  }, [title]);
  const toggleTheme = (): void => setTheme(nextTheme(theme));
  useKeyboard({ traces, onTheme: toggleTheme, onHelp: () => setHelping(true) });
  return (
    <AboutContext.Provider value={about}>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="head">
        <Link to="" class="brand">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M8 4v25" class="post" />
            <path d="M8 6h17l-4 5 4 5H8z" class="arm" />
            <circle cx="22" cy="24" r="4.5" class="lamp-on" />
          </svg>
          Signals
        </Link>
        <nav aria-label="Pages">
          {PAGES.filter(([path]) => path !== 'mail' || about?.hasMails).map(([path, label]) => (
            <Link key={path} to={path} aria-current={page === path ? 'page' : undefined}>
              {label}
            </Link>
          ))}
        </nav>
        <div class="tools">
          <span class={`live is-${link}`} role="status">
            <i aria-hidden="true" /> {LIVE_WORDS[link]}
          </span>
          <button type="button" onClick={() => traces.togglePause()} title="Pause (.)">
            {link === 'paused' ? 'Resume' : 'Pause'}
          </button>
          <button type="button" onClick={toggleTheme} title="Theme (t)">
            {THEME_WORDS[theme]}
          </button>
          <button type="button" onClick={() => setHelping(true)} aria-label="Keys" title="Keys (?)">
            ?
          </button>
        </div>
      </header>
      {page === 'signals' && <SignalsPage place={place} moment={moment} />}
      {page === 'map' && <MapPage moment={moment} traces={traces} />}
      {page === 'jobs' && <JobsPage place={place} moment={moment} />}
      {page === 'checks' && <ChecksPage moment={moment} />}
      {page === 'mail' && <MailPage place={place} traces={moment.traces} />}
      {page === '' && <Timeline place={place} moment={moment} traces={traces} />}
      <Foot moment={moment} about={about} />
      {isHelping && <Help onClose={() => setHelping(false)} />}
    </AboutContext.Provider>
  );
}

function Foot({ moment: { state }, about }: { moment: Moment; about: About | undefined }) {
  if (!state) return <footer class="foot" />;
  return (
    <footer class="foot">
      <span>
        kept {state.kept} of {state.limit}
      </span>
      <span>
        {megabytes(state.bytes)} of {megabytes(state.bytesLimit)}
      </span>
      <span>
        {state.dropped} dropped{state.droppedSpans > 0 && `, ${state.droppedSpans} spans`}
      </span>
      {about && (
        <span>
          {about.environment}, up {age(Date.parse(about.bootedAt))}
          {about.access === 'read' && ', values hidden'}
        </span>
      )}
    </footer>
  );
}
