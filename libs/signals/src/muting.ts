import { AsyncLocalStorage } from 'node:async_hooks';
import type { Registration } from './registration.js';
import type { AnySignal, Sender } from './signal.js';

/** Which sends are muted: those that fit everything that is named. An empty filter mutes all. */
export interface MuteFilter {
  readonly signal?: AnySignal;
  readonly sender?: Sender;
  /** Mutes one receiver and lets the others of the same send run. */
  readonly dispatchUid?: string;
}

/** Scoped silence: holds in the calling context while the work runs, and nests. */
export class Muting {
  readonly #filters = new AsyncLocalStorage<readonly MuteFilter[]>();
  #active = 0;

  async mute<T>(filter: MuteFilter, work: () => T | Promise<T>): Promise<T> {
    this.#active += 1;
    try {
      return await this.#filters.run([...(this.#filters.getStore() ?? []), filter], work);
    } finally {
      this.#active -= 1;
    }
  }

  audible(
    route: readonly Registration[],
    signal: AnySignal,
    sender: Sender | null,
  ): readonly Registration[] {
    if (this.#active === 0) return route;
    const filters = this.#filters
      .getStore()
      ?.filter(
        (filter) =>
          (filter.signal === undefined || filter.signal === signal) &&
          (filter.sender === undefined || filter.sender === sender),
      );
    if (!filters?.length) return route;
    return route.filter(({ info }) =>
      filters.every(
        ({ dispatchUid }) => dispatchUid !== undefined && dispatchUid !== info.dispatchUid,
      ),
    );
  }
}
