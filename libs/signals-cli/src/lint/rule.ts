import type { MappedReceiver, SignalMap } from '../model/index.js';
import type { Place } from '../sources/index.js';

export type Severity = 'error' | 'warning';

/** Something that a rule is about, where it stands. */
export interface Finding {
  readonly place: Place | undefined;
  readonly message: string;
  /** Where it is less certain than others of its rule. */
  readonly severity?: Severity;
}

export interface Rule {
  /** `SIG001`. */
  readonly id: string;
  readonly severity: Severity;
  /** What it finds, in a few words. */
  readonly title: string;
  readonly meaning: string;
  readonly fix: string;
  find(map: SignalMap): readonly Finding[];
}

/** In the sources where they are known, else where the declaration says that it is. */
export function placeOf({ place, info }: MappedReceiver): Place | undefined {
  return place ?? placeFrom(info.location);
}

/** From `file:line`. */
export function placeFrom(location: string | undefined): Place | undefined {
  const [, file, line] = /^(.+):(\d+)$/.exec(location ?? '') ?? [];
  return file ? { file, line: Number(line) } : undefined;
}
