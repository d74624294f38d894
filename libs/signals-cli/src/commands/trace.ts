import type { Command } from 'commander';
import { ExitCode } from '../exit-code.js';
import type { ShownSpan, ShownTrace } from 'nestjs-signals-inspector';
import type { Terminal } from '../terminal.js';
import type { Paint, Style } from '../text/index.js';
import { aboutRunning, reach, type RunningOptions } from './running.js';

const EXAMPLES = `
The id is printed by signals tail, and sent with each answer as the header X-Signals-Trace.

Examples:
  $ signals trace 01a2f3
  $ signals trace 01a2f3 --json | jq '.spans[] | select(.kind == "sql")'`;

const MOST_OF_STATEMENT = 100;
const MISSING = 'The ids of those to come are printed by: signals tail';

const STYLES: Partial<Record<string, Style>> = {
  'failed-isolated': 'yellow',
  'failed-aborted': 'red',
  failed: 'red',
  'rolled-back': 'red',
  dropped: 'dim',
  pending: 'blue',
};

export function traceCommand(
  program: Command,
  terminal: Terminal,
  exit: (code: ExitCode) => void,
): void {
  aboutRunning(program.command('trace'))
    .argument('<id>')
    .description('all that one request of a running application led to')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: RunningOptions) => {
      const application = await reach(options, terminal);
      const path = `traces/${encodeURIComponent(id)}`;
      const trace = (await application.get(path, MISSING)) as ShownTrace;
      terminal.out(options.json ? JSON.stringify(trace, null, 2) : textOf(trace, terminal.paint));
      exit(ExitCode.fine);
    });
}

function textOf({ summary, spans, truncated }: ShownTrace, paint: Paint): string {
  const depths = new Map<number, number>();
  const lines = inOutline(spans).map((span) => {
    const depth = span.parent === undefined ? 0 : (depths.get(span.parent) ?? 0) + 1;
    depths.set(span.id, depth);
    return `${'  '.repeat(depth)}${lineOf(span, paint)}`;
  });
  const more = truncated > 0 ? [`+ ${truncated} more that were not kept`] : [];
  return [paint('bold', summary.name), summary.sentence, '', ...lines, ...more].join('\n');
}

/** Each span after the one that it belongs to, in the order of their beginnings. */
function inOutline(spans: readonly ShownSpan[]): readonly ShownSpan[] {
  const below = (parent: number | undefined): readonly ShownSpan[] =>
    spans
      .filter((span) => span.parent === parent)
      .toSorted((one, other) => one.start - other.start)
      .flatMap((span) => [span, ...below(span.id)]);
  return below(undefined);
}

function lineOf(span: ShownSpan, paint: Paint): string {
  const { kind, name, start, end, outcome, site, error } = span;
  const took = end === undefined ? '' : `  ${(end - start).toFixed(1)} ms`;
  const style = STYLES[outcome];
  const what = outcome === 'ok' ? '' : `  ${style ? paint(style, outcome) : outcome}`;
  const why = error ? `: ${error.message}` : '';
  const where = site ? `  ${paint('dim', site)}` : '';
  const text = kind === 'sql' ? statement(name) : paint('bold', name);
  // A transaction has no name of its own.
  const title = name === kind ? paint('cyan', kind) : `${paint('cyan', kind)} ${text}`;
  return `${title}${took}${what}${why}${where}`;
}

/** On one line, with the table that a query reads rather than with its columns. */
function statement(sql: string): string {
  const short = sql.replaceAll(/\s+/g, ' ').replace(/^SELECT .*? FROM /, 'SELECT … FROM ');
  return short.length > MOST_OF_STATEMENT ? `${short.slice(0, MOST_OF_STATEMENT)}…` : short;
}
