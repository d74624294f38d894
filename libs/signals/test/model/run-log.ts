import { AsyncLocalStorage } from 'node:async_hooks';
import { nameOf } from './connection.js';

const logs = new AsyncLocalStorage<RunLog>();

/** What happens while one tree runs, in the words of the model. */
export class RunLog {
  readonly trace: string[] = [];
  readonly #thrown = new Map<unknown, string>();
  #hasEnded = false;

  /** @param stage where the tree runs. */
  constructor(readonly stage: object) {}

  /** That of the tree whose code is calling; the same one in everything that the tree starts. */
  static get current(): RunLog | undefined {
    return logs.getStore();
  }

  async during(work: () => Promise<void>): Promise<void> {
    await logs.run(this, work);
    this.#hasEnded = true;
  }

  note(what: string): void {
    this.trace.push(this.#hasEnded ? `${what}, after the end of the tree` : what);
  }

  /** A callback or receiver begins; it must have kept the context of whoever caused it. */
  enter(what: string): void {
    this.note(RunLog.current === this ? what : `${what}, in a foreign context`);
  }

  /** What the library tells the error sink. */
  reported(error: unknown): void {
    this.note(`reported ${this.nameOf(error)}`);
  }

  /** An error that is recognised wherever it arrives, as long as it is the same object. */
  failure(label: string): Error {
    const error = new Error(`Thrown by step ${label}.`);
    this.#thrown.set(error, `failure ${label}`);
    return error;
  }

  nameOf(error: unknown): string {
    return this.#thrown.get(error) ?? nameOf(error);
  }
}
