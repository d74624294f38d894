import { useQueryClient } from '@tanstack/preact-query';
import { useEffect, useState } from 'preact/hooks';
import { eventsOf } from '../api/event-stream.js';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * Loads an order and its receipt anew whenever the shop tells that something happened to it. Tells whether the shop
 * can be heard now; while it cannot, ask it from time to time.
 */
export function useOrderEvents(id: string, wanted: boolean): boolean {
  const queries = useQueryClient();
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    if (!wanted) return;
    const end = new AbortController();
    void follow(`/api/v1/orders/${id}/events`, end.signal, {
      onOpen: setLive,
      onEvent: () => void queries.invalidateQueries({ queryKey: ['order', id] }),
    });
    return () => end.abort();
  }, [id, wanted]);
  return isLive;
}

interface Listener {
  onOpen(isOpen: boolean): void;
  onEvent(): void;
}

async function follow(address: string, end: AbortSignal, listener: Listener): Promise<void> {
  let wait = FIRST_WAIT_MS;
  while (!end.aborted) {
    try {
      for await (const _type of eventsOf(address, end)) {
        listener.onOpen(true);
        listener.onEvent();
        wait = FIRST_WAIT_MS;
      }
    } catch {
      // Lost, or refused for now: it is opened again below.
    }
    if (end.aborted) return;
    listener.onOpen(false);
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}
