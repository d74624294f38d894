import type { InstanceOperation } from '../transactions/ambient-store.js';

/** The instances of a call in the order in which TypeORM announces their removal. */
const announced = new WeakMap<InstanceOperation, Set<object>>();

export function announceRemoval(operation: InstanceOperation, entity: object): void {
  const entities = announced.get(operation) ?? new Set();
  announced.set(operation, entities.add(entity));
}

interface Waiting {
  readonly entity: object;
  readonly send: () => Promise<void>;
}

/**
 * What is sent after the rows of a call went, in the reverse order of what was sent before: the
 * signals of children lie inside those of their parents. TypeORM tells of all rows at once, and of
 * those of one entity in the order in which it found them.
 */
export class ReversedSends {
  readonly #waiting = new WeakMap<InstanceOperation, Waiting[]>();

  /** Answers what sends all of them; undefined when another one of the call does. */
  add(
    operation: InstanceOperation,
    entity: object,
    send: () => Promise<void>,
  ): (() => Promise<void>) | undefined {
    const standing = this.#waiting.get(operation);
    if (standing) {
      standing.push({ entity, send });
      return undefined;
    }
    const waiting = [{ entity, send }];
    this.#waiting.set(operation, waiting);
    return async () => {
      this.#waiting.delete(operation);
      const order = [...(announced.get(operation) ?? [])];
      const place = ({ entity: removed }: Waiting) => order.indexOf(removed);
      const reversed = waiting.toSorted((one, other) => place(other) - place(one));
      for (const { send: next } of reversed) await next();
    };
  }
}
