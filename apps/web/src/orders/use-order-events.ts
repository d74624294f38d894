import { useQueryClient } from '@tanstack/preact-query';
import { useEffect, useState } from 'preact/hooks';
import { eventsOf } from '../api/event-stream.js';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const POLL_MS = 3_000;

/**
 * Loads an order and its receipt anew whenever the shop tells that something happened to it, and every few seconds
 * while it cannot be heard. Tells whether it is heard now.
 */
export function useOrderEvents(id: string, wanted: boolean): boolean {
  const queries = useQueryClient();
  const [isLive, setLive] = useState(false);
  const reload = () => void queries.invalidateQueries({ queryKey: ['order', id] });

  useEffect(() => {
    if (!wanted) return;
    const end = new AbortController();
    const address = `/api/v1/orders/${id}/events`;
    void follow(address, end.signal, { onOpen: setLive, onEvent: reload });
    return () => end.abort();
  }, [id, wanted]);

  useEffect(() => {
    if (!wanted || isLive) return;
    const timer = setInterval(reload, POLL_MS);
    return () => clearInterval(timer);
  }, [id, wanted, isLive]);

  return isLive;
}

interface Listener {
  readonly onOpen: (isOpen: boolean) => void;
  readonly onEvent: () => void;
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
