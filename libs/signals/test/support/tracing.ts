import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Collects what a plain channel tells until it is disposed; `pick` is applied at once. */
export class Told<T, P = T> implements Disposable {
  readonly all: P[] = [];

  constructor(
    private readonly name: string,
    private readonly pick: (message: T) => P,
  ) {
    subscribe(name, this.listen);
  }

  readonly listen = (message: unknown): void => {
    this.all.push(this.pick(message as T));
  };

  [Symbol.dispose](): void {
    unsubscribe(this.name, this.listen);
  }
}
