import { signalNews, type SignalNews } from '../api/signal-news.js';
import { useStore } from '../store.js';
import { count } from './format.js';

/** Where the shop shows its signals: what the last click set off, and the way to see it. */
export function SignalDrawer() {
  const news = useStore(signalNews);
  return (
    <div role="status" class="drawer-place">
      {news && (
        <div class="drawer">
          <p>
            This click sent {count(news.signals, 'signal')} to {count(news.receivers, 'receiver')}
            <Ways traces={news.traces} />
          </p>
          <button type="button" aria-label="Close" onClick={() => signalNews.set(undefined)}>
            ×
          </button>
        </div>
      )}
    </div>
  );
}

function Ways({ traces }: Pick<SignalNews, 'traces'>) {
  const [only, ...others] = traces.map((trace, index) => (
    <a key={trace} href={`/_signals/t/${encodeURIComponent(trace)}`} target="_blank">
      {traces.length === 1 ? 'see it' : `request ${index + 1}`}
    </a>
  ));
  if (others.length === 0) return <>: {only}</>;
  return (
    <>
      : see {only}
      {others.map((way) => [', ', way])}
    </>
  );
}
