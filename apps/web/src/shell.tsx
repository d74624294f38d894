import { useQuery } from '@tanstack/preact-query';
import { useLocation } from 'preact-iso';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { account } from './api/queries.js';
import { draft } from './orders/draft.js';
import { SignalDrawer } from './parts/signal-drawer.js';
import { signedIn } from './session/session.js';
import { useStore } from './store.js';

/** What stands around every page. */
export function Shell({ children }: { children: ComponentChildren }) {
  return (
    <>
      <a class="skip unseen" href="#main">
        Skip to the content
      </a>
      <Header />
      <OfflineNote />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer>
        <p>A reference shop built on signals. It takes no real money.</p>
        <p>
          <a href="/docs">API</a>
        </p>
      </footer>
      <SignalDrawer />
    </>
  );
}

function Header() {
  const isSignedIn = useStore(signedIn);
  const { data } = useQuery({ ...account, enabled: isSignedIn });
  const pieces = useStore(draft).reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <header>
      <a class="brand" href="/">
        <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
          <path d="M10 27V5" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" />
          <path d="M10 8h13l-3.5 3.5L23 15H10z" fill="currentColor" />
          <circle cx="10" cy="22" r="4" />
        </svg>
        The shop
      </a>
      <nav aria-label="Pages">
        <Link to="/products">Products</Link>
        <Link to="/orders/new">
          New order{pieces > 0 && <span class="pieces"> ({pieces})</span>}
        </Link>
        {isSignedIn && <Link to="/orders">Orders</Link>}
        {data?.role === 'staff' && <Link to="/staff">Staff</Link>}
        {isSignedIn ? <Link to="/account">Account</Link> : <Link to="/sign-in">Sign in</Link>}
      </nav>
    </header>
  );
}

function Link({ to, children }: { to: string; children: ComponentChildren }) {
  const { path } = useLocation();
  return (
    <a href={to} aria-current={path === to ? 'page' : undefined}>
      {children}
    </a>
  );
}

function OfflineNote() {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const follow = () => setOnline(navigator.onLine);
    addEventListener('online', follow);
    addEventListener('offline', follow);
    return () => {
      removeEventListener('online', follow);
      removeEventListener('offline', follow);
    };
  }, []);
  return (
    <p role="status" class="offline">
      {isOnline ? '' : 'You are offline. What you see may be old; what you filled in stays.'}
    </p>
  );
}
