import type { Paint } from './text/index.js';

/** Where a command runs, and whom it answers. */
export interface Terminal {
  /** The working directory. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly paint: Paint;
  /** How wide it is, in characters; undefined where nobody says. */
  readonly columns: number | undefined;
  /** Aborted when the person interrupts. */
  readonly interrupted: AbortSignal;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}
