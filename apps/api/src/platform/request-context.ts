import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';

export interface RequestFacts {
  readonly requestId: string;
  /** Who is signed in; set by the guard that checked it. */
  actorId?: string;
}

const storage = new AsyncLocalStorage<RequestFacts>();

/** What is known about the request that is being answered, wherever the code that asks is. */
@Injectable()
export class RequestContext {
  /** Undefined outside a request: at start, in background work. */
  get current(): RequestFacts | undefined {
    return storage.getStore();
  }

  run<T>(facts: RequestFacts, work: () => T): T {
    return storage.run(facts, work);
  }
}
