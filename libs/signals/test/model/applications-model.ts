import { SOURCES, type Application, type Source } from './step.js';

/** An application that hears of a data source, from its attaching to its closing. */
export interface Attachment {
  readonly of: Application;
}

/** Which applications hear of which data source, in the order of attaching. */
export class ApplicationsModel {
  readonly #attached: Record<Source, readonly Attachment[]> = { a: [], b: [] };

  /** @param attached is told of each data source that an application attaches: it is watched from then on. */
  constructor(private readonly attached: (to: Source) => void) {
    for (const source of SOURCES) this.attach('host', source);
  }

  of(source: Source): readonly Attachment[] {
    return this.#attached[source];
  }

  /** How many are told of what has no receiver: those of the data source, or else standard error. */
  toldOf(source: Source): number {
    return this.#attached[source].length || 1;
  }

  /** How many are told of what belongs to no transaction: those of the data source that is named, or all. */
  toldOutside(named: Source | undefined): number {
    const all = Object.values(this.#attached).flat();
    return (named && this.of(named).length) || new Set(all.map((one) => one.of)).size;
  }

  attach(of: Application, to: Source): void {
    this.#attached[to] = [...this.#attached[to], { of }];
    this.attached(to);
  }

  /** The guest comes, or goes. */
  visit(source: Source): void {
    const all = this.of(source);
    const others = all.filter((attachment) => attachment.of !== 'guest');
    this.#attached[source] = others;
    if (others.length === all.length) this.attach('guest', source);
  }

  /** Another data source takes its place, which the host attaches when the work is done. */
  attachAnew(source: Source, work: () => void): void {
    this.#attached[source] = [];
    try {
      work();
    } finally {
      this.attach('host', source);
    }
  }
}
