import { QueryClient } from '@tanstack/preact-query';
import { call } from './call.js';
import { asFailure } from './failure.js';
import type { components } from './schema.js';

type Schemas = components['schemas'];
export type Account = Schemas['MyAccountDto'];
export type Money = Schemas['Money'];
export type Order = Schemas['OrderDto'];
export type OrderLine = Schemas['OrderLineDto'];
export type Product = Schemas['ProductDto'];
export type Receipt = Schemas['ReceiptDto'];
export type OpenSession = Schemas['OpenSessionDto'];
export type StaffOrder = Schemas['StaffOrderDto'];
export type OfflineMethod = Schemas['MarkPaidDto']['method'];

const RECEIPT_AGAIN_MS = 1_000;

const retry = (failed: number, error: unknown): boolean =>
  ['broken', 'lost'].includes(asFailure(error).kind) && failed < 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry,
    },
    // What a person asks for is tried at once, and told at once when it does not work.
    mutations: { networkMode: 'always' },
  },
});

export const account = {
  queryKey: ['account'],
  queryFn: () => call('get', '/api/v1/me'),
  staleTime: 60_000,
};

/** The whole catalogue: an order may have any product of it. */
export const products = {
  queryKey: ['products'],
  queryFn: async () => {
    const items: Product[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await call('get', '/api/v1/products', {
        query: { limit: 100, ...(cursor && { cursor }) },
      });
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return items;
  },
  staleTime: 300_000,
};

export const order = (id: string) => ({
  queryKey: ['order', id],
  queryFn: () => call('get', '/api/v1/orders/{id}', { path: { id } }),
});

export const receipt = (id: string) => ({
  queryKey: ['order', id, 'receipt'],
  queryFn: (): Promise<Receipt> => call('get', '/api/v1/orders/{id}/receipt', { path: { id } }),
  // It is issued a moment after the payment.
  retry: (failed: number, error: unknown) =>
    asFailure(error).code === 'receipt-awaited' || retry(failed, error),
  retryDelay: RECEIPT_AGAIN_MS,
});

const pages = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ nextCursor }: { nextCursor: string | null }) => nextCursor ?? undefined,
};

interface PageRequest {
  readonly pageParam: string | undefined;
}

export const orders = {
  queryKey: ['orders'],
  queryFn: ({ pageParam: cursor }: PageRequest) =>
    call('get', '/api/v1/orders', { query: { ...(cursor && { cursor }) } }),
  ...pages,
};

export const sessions = {
  queryKey: ['sessions'],
  queryFn: ({ pageParam: cursor }: PageRequest) =>
    call('get', '/api/v1/sessions', { query: { ...(cursor && { cursor }) } }),
  ...pages,
};

export const everybodysOrders = (status: Order['status'] | undefined) => ({
  queryKey: ['staff', status],
  queryFn: ({ pageParam: cursor }: PageRequest) =>
    call('get', '/api/v1/staff/orders', {
      query: { ...(status && { status }), ...(cursor && { cursor }) },
    }),
  ...pages,
});
