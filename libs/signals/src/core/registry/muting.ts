import { AsyncLocalStorage } from 'node:async_hooks';
import {
  InvalidReferenceError,
  requireNamedSender,
  requireNamedSignal,
} from '../invalid-reference.error.js';
import type { Registration } from './registration.js';
import type { Send } from '../send.js';
import type { AnySignal, Sender } from '../signal.js';

/** Which sends are muted: those that fit everything that is named. An empty filter mutes all. */
export interface MuteFilter {
  readonly signal?: AnySignal;
  readonly sender?: Sender;
  /** Mutes one receiver and lets the others of the same send run. */
  readonly dispatchUid?: string;
}

interface MutedScope {
  readonly filter: MuteFilter;
  /** What a scope started and nobody awaited is audible again once the scope has ended. */
  ended: boolean;
}

/** Silence, of a calling context while work runs there or of everything until it is disposed. */
export class Muting {
  readonly #scopes = new AsyncLocalStorage<readonly MutedScope[]>();
  #everywhere: readonly MuteFilter[] = [];
  #active = 0;

  async mute<T>(filter: MuteFilter, work: () => T | Promise<T>): Promise<T> {
    checkFilter(filter);
    const scope: MutedScope = { filter, ended: false };
    this.#active += 1;
    try {
      return await this.#scopes.run([...(this.#scopes.getStore() ?? []), scope], work);
    } finally {
      scope.ended = true;
      this.#active -= 1;
    }
  }

  silence(filter: MuteFilter): Disposable {
    checkFilter(filter);
    // A copy, so that disposing takes away this silence and not one with the same filter.
    const own = { ...filter };
    this.#everywhere = [...this.#everywhere, own];
    this.#active += 1;
    return {
      [Symbol.dispose]: () => {
        if (!this.#everywhere.includes(own)) return;
        this.#everywhere = this.#everywhere.filter((other) => other !== own);
        this.#active -= 1;
      },
    };
  }

  /** What remains of a route. */
  audible(
    route: readonly Registration[],
    send: Pick<Send, 'signal' | 'sender'>,
  ): readonly Registration[] {
    return this.#active === 0 ? route : this.#filter(route, send);
  }

  #filter(
    route: readonly Registration[],
    { signal, sender }: Pick<Send, 'signal' | 'sender'>,
  ): readonly Registration[] {
    const scopes = this.#scopes.getStore()?.filter(({ ended }) => !ended) ?? [];
    const filters = [...scopes.map(({ filter }) => filter), ...this.#everywhere].filter(
      (filter) =>
        (filter.signal === undefined || filter.signal === signal) &&
        (filter.sender === undefined || filter.sender === sender),
    );
    if (filters.length === 0) return route;
    return route.filter(({ info }) =>
      filters.every(
        ({ dispatchUid }) => dispatchUid !== undefined && dispatchUid !== info.dispatchUid,
      ),
    );
  }
}

/** What is named and undefined would fit everything, and mute it all. */
function checkFilter(filter: MuteFilter): void {
  if ('signal' in filter) requireNamedSignal(filter.signal);
  if ('sender' in filter) requireNamedSender(filter.sender);
  if ('dispatchUid' in filter && typeof filter.dispatchUid !== 'string') {
    throw new InvalidReferenceError('The dispatchUid that was named is no text.');
  }
}
