import { withoutLines, type CommandOutcome } from './command.js';

/** What somebody sees of a command at a terminal, with a mark before each line of an error. */
export function transcriptOf(args: readonly string[], outcome: CommandOutcome): string {
  const { code, out, error } = outcome;
  return [
    `$ signals ${args.join(' ')}`,
    ...(out ? [out] : []),
    ...(error ? error.split('\n').map((line) => `! ${line}`) : []),
    `exit ${code}`,
  ].join('\n');
}

/** Without what differs from run to run; the same id is the same one again, as wide as it was. */
export function steady(transcript: string): string {
  return named(
    withoutForeignFrames(withoutLines(transcript.replaceAll(process.cwd(), '.')))
      .replaceAll(/(\.ts):\d+\b/g, '$1')
      .replaceAll(/\d{4}-\d\d-\d\d([T ])\d\d:\d\d:\d\d(\.\d{3}Z)?/g, isoTime)
      .replaceAll(/^\d\d:\d\d:\d\d {2}/gm, 'hh:mm:ss  ')
      .replaceAll(/\d+(\.\d)? ms/g, (_, tenths) => (tenths ? '0.0 ms' : '0 ms'))
      .replaceAll(/(?<="(?:start|end|duration|\w+At|\w+Time|sequence)": ?)[\d.e-]+/g, '0')
      .replaceAll(/(?<=[OR]-)\d{4}-\d{6}/g, '2026-000001')
      .replaceAll(/(?<=127\.0\.0\.1:)\d{4,}/g, '3000'),
  );
}

/** The innermost objects and lists of JSON on a line each. */
export function compact(text: string): string {
  const onOneLine = (innermost: string): string => innermost.replaceAll(/\s+/g, ' ');
  return text.replaceAll(/[[{][^[\]{}]*[\]}]/g, onOneLine);
}

/** Whether a worker was woken and has taken the delivery before a block is printed is a matter of milliseconds. */
export function withoutProgress(transcript: string): string {
  return transcript
    .replaceAll(
      /((?:[\w.-]+, )*[\w.-]+) and ([\w.-]+) were queued and (?:are waiting|are running|have run)/g,
      (_, names: string, last: string) =>
        [...names.split(', '), last].map((name) => `${name} was queued and …`).join('; '),
    )
    .replaceAll(/was queued and (?:is waiting|is running|has run)/g, 'was queued and …')
    .replaceAll(/, \d+ pending/g, '')
    .replaceAll(/\d+(?= statements)|(?<="(?:pending|statements)":)\d+/g, '0');
}

function isoTime(_time: string, separator: string, milliseconds = ''): string {
  return `2026-01-01${separator}00:00:00${milliseconds && '.000Z'}`;
}

/** Frames of the library, of packages and of Node change with every version of them. */
function withoutForeignFrames(text: string): string {
  return text.replaceAll(/^\s+"?at (?!.*\/apps\/).*\n/gm, '');
}

function named(text: string): string {
  const ids = new Map<string, string>();
  const numbers = new Map<string, string>();
  const inOrder = (names: Map<string, string>, found: string, width: number): string => {
    if (!names.has(found)) names.set(found, String(names.size + 1).padStart(width, '0'));
    return names.get(found) ?? '';
  };
  return text
    .replaceAll(
      /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g,
      (id) => `00000000-0000-0000-0000-${inOrder(ids, id, 12)}`,
    )
    .replaceAll(/"transaction": (\d+)/g, (_, id) => `"transaction": ${inOrder(numbers, id, 1)}`);
}
