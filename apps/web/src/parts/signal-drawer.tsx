import { signalNews } from '../api/signal-news.js';
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
            This click sent {count(news.signals, 'signal')} to {count(news.receivers, 'receiver')}:{' '}
            <a href={`/_signals/t/${encodeURIComponent(news.trace)}`} target="_blank">
              see it
            </a>
          </p>
          <button type="button" aria-label="Close" onClick={() => signalNews.set(undefined)}>
            ×
          </button>
        </div>
      )}
    </div>
  );
}
