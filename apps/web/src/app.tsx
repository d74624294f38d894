import { QueryClientProvider } from '@tanstack/preact-query';
import { LocationProvider, Route, Router, useLocation } from 'preact-iso';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { queryClient } from './api/queries.js';
import { AccountPage } from './pages/account.js';
import { Landing } from './pages/landing.js';
import { NewOrder } from './pages/new-order.js';
import { NotFound } from './pages/not-found.js';
import { OrderPage } from './pages/order.js';
import { Orders } from './pages/orders.js';
import { Products } from './pages/products.js';
import { ReceiptPage } from './pages/receipt.js';
import { Register } from './pages/register.js';
import { SignIn } from './pages/sign-in.js';
import { Staff } from './pages/staff.js';
import { signedIn } from './session/session.js';
import { Shell } from './shell.js';
import { useStore } from './store.js';

/** The links that lead out of the pages: to what the server itself shows. */
const PAGES = /^\/(?!_signals|docs|dev)/;

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <LocationProvider scope={PAGES}>
        <Shell>
          <Router>
            <Route path="/" component={Landing} />
            <Route path="/register" component={Register} />
            <Route path="/sign-in" component={SignIn} />
            <Route path="/products" component={Products} />
            <Route path="/orders" component={SignedInOrders} />
            <Route path="/orders/new" component={NewOrder} />
            <Route path="/orders/:id" component={SignedInOrder} />
            <Route path="/orders/:id/receipt" component={SignedInReceipt} />
            <Route path="/account" component={SignedInAccount} />
            <Route path="/staff" component={SignedInStaff} />
            <Route default component={NotFound} />
          </Router>
        </Shell>
      </LocationProvider>
    </QueryClientProvider>
  );
}

const SignedInOrders = whenSignedIn(Orders);
const SignedInOrder = whenSignedIn(OrderPage);
const SignedInReceipt = whenSignedIn(ReceiptPage);
const SignedInAccount = whenSignedIn(AccountPage);
const SignedInStaff = whenSignedIn(Staff);

/** Sends whoever is not signed in to sign in first, and back here afterwards. */
function whenSignedIn(Guarded: ComponentType) {
  return function WhenSignedIn() {
    const isSignedIn = useStore(signedIn);
    const { url, route } = useLocation();
    useEffect(() => {
      if (!isSignedIn) route(`/sign-in?next=${encodeURIComponent(url)}`, true);
    }, [isSignedIn]);
    return isSignedIn ? <Guarded /> : null;
  };
}
