import type { Place } from '../sources/index.js';
import type { Severity } from './rule.js';

export interface Report {
  readonly findings: readonly ReportedFinding[];
  readonly suppressed: readonly SuppressedFinding[];
}

export interface ReportedFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly place: Place | undefined;
  readonly message: string;
}

export interface SuppressedFinding extends ReportedFinding {
  readonly reason: string;
}
