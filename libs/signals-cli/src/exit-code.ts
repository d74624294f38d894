export const ExitCode = {
  fine: 0,
  findings: 1,
  /** Wrong usage, or an application that cannot be read. */
  failed: 2,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
