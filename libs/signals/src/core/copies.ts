import { ownFolder } from '../own-file.js';

/** One copy of the package in the process, as the others know it: what is here may be asked for ever. */
export interface PackageCopy {
  readonly place: string;
  /** The methods of a class that were declared to be receivers with this copy. */
  receiversOn?(type: Function): readonly string[];
  /** Whether a transaction that this copy follows is open in the calling context. */
  hasTransaction?(dataSource?: object): boolean;
}

/** The one thing that copies share. */
const COPIES = Symbol.for('nestjs-signals.copies');

const shared = globalThis as { [COPIES]?: Set<PackageCopy> };
const copies = (shared[COPIES] ??= new Set());

/** Parts of the package add to it what others may ask. */
export const ownCopy: PackageCopy = { place: ownFolder() ?? 'a bundle' };
copies.add(ownCopy);

/** Thrown where two copies of the package would have to work together, and cannot. */
export class SeveralCopiesError extends Error {
  override readonly name = 'SeveralCopiesError';

  constructor(what: string, other: PackageCopy) {
    super(
      `${what} belongs to another copy of nestjs-signals: ${other.place}, and not ` +
        `${ownCopy.place}. Neither knows of the other. Install one for both: npm ls nestjs-signals.`,
    );
  }
}

/** The copies of the package that somebody else in the process has loaded. */
export function otherCopies(): readonly PackageCopy[] {
  return copies.size < 2 ? NONE : [...copies].filter((copy) => copy !== ownCopy);
}

const NONE: readonly PackageCopy[] = [];
