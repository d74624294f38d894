import type { Place, SourceCode } from '../sources/index.js';

/** `// signals-allow SIG005: the mail server is in the same machine`. */
export interface Suppression extends Place {
  readonly rule: string;
  /** Empty where none is given. */
  readonly reason: string;
}

const COMMENT = /signals-allow\s+(SIG\d{3})\s*(?::\s*(.*?))?\s*(?:\*\/)?$/;

/** What may stand between a comment and what it is about. */
const BESIDE = /^\s*(\/\/|\/\*|\*|@)/;

export function suppressionsIn(code: SourceCode): readonly Suppression[] {
  return code.files.flatMap((file) =>
    code.lines(file).flatMap((text, at) => {
      const [, rule, reason = ''] = COMMENT.exec(text) ?? [];
      return rule ? [{ file, line: at + 1, rule, reason }] : [];
    }),
  );
}

/** The suppression of a rule at a place: at the end of its line, or among the comments above it. */
export function suppressionAt(
  { file, line }: Place,
  rule: string,
  suppressions: readonly Suppression[],
  code: SourceCode,
): Suppression | undefined {
  const lines = code.lines(file);
  let first = line;
  while (first > 1 && BESIDE.test(lines[first - 2] ?? '')) first -= 1;
  return suppressions.find(
    (each) => each.file === file && each.rule === rule && each.line >= first && each.line <= line,
  );
}
