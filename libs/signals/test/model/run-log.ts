import { AsyncLocalStorage } from 'node:async_hooks';
import { nameOf } from './connection.js';

const logs = new AsyncLocalStorage<RunLog>();

/** One of the steps that a tree takes in parallel, and whatever comes of it later. */
interface Strand {
  /** Those that start together. */
  readonly of: object;
  readonly index: number;
}

const strands = new AsyncLocalStorage<Strand>();

interface Line {
  /** Undefined where strands have come together. */
  readonly what: string | undefined;
  readonly strand: Strand | undefined;
}

/** What happens while one tree runs, in the words of the model. */
export class RunLog {
  readonly #lines: Line[] = [];
  readonly #forgotten = new Set<object>();
  readonly #thrown = new Map<unknown, string>();
  #hasEnded = false;

  /** @param stage where the tree runs. */
  constructor(readonly stage: object) {}

  /** What happened, in order; of what happened in parallel, one strand after the other. */
  get trace(): readonly string[] {
    const parts: Line[][] = [];
    for (const line of this.#lines) {
      if (line.strand && this.#forgotten.has(line.strand.of)) continue;
      const last = parts.at(-1);
      if (line.strand && last?.[0]?.strand?.of === line.strand.of) last.push(line);
      else parts.push([line]);
    }
    const lines = parts.flatMap((part) =>
      part.toSorted((one, other) => indexOf(one) - indexOf(other)),
    );
    return lines.flatMap(({ what }) => what ?? []);
  }

  /** Starts all of them together. */
  inParallel<T>(of: object, all: readonly T[], start: (one: T) => Promise<unknown>) {
    const started = all.map((one, index) => strands.run({ of, index }, start, one));
    void Promise.allSettled(started).then(() =>
      this.#lines.push({ what: undefined, strand: undefined }),
    );
    return started;
  }

  /** Nobody can say what came of strands of which one has failed; that nothing stays, is seen. */
  forget(of: object): void {
    this.#forgotten.add(of);
  }

  /** That of the tree whose code is calling; the same one in everything that the tree starts. */
  static get current(): RunLog | undefined {
    return logs.getStore();
  }

  async during(work: () => Promise<void>): Promise<void> {
    await logs.run(this, work);
    this.#hasEnded = true;
  }

  note(what: string): void {
    const told = this.#hasEnded ? `${what}, after the end of the tree` : what;
    this.#lines.push({ what: told, strand: strands.getStore() });
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

const indexOf = ({ strand }: Line) => strand?.index ?? 0;
