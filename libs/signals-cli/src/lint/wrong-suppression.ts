import type { ReportedFinding } from './report.js';
import type { Suppression } from './suppressions.js';

export const wrongSuppression = {
  id: 'SIG013',
  severity: 'error',
  title: 'a suppression gives no reason, or suppresses nothing',
  meaning:
    'Who reads a suppression wants to know why it is right, and one that is left behind would hide ' +
    'the next mistake.',
  fix: 'Write the reason after a colon, or remove the comment.',
  finding({ rule, reason, file, line }: Suppression): ReportedFinding {
    const problem = reason
      ? `${rule} is allowed, but not found here`
      : `${rule} is allowed without a reason`;
    return { rule: 'SIG013', severity: 'error', place: { file, line }, message: problem };
  },
} as const;
