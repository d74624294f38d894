import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { CommandError } from '../command.error.js';
import { ExitCode } from '../exit-code.js';
import type { TraceSummary } from 'nestjs-signals-inspector';
import { readFilter } from '../running/index.js';
import type { Terminal } from '../terminal.js';
import { count, type Paint } from '../text/index.js';
import { aboutRunning, reach, type RunningOptions } from './running.js';

interface TailOptions extends RunningOptions {
  readonly filter?: string;
  readonly all?: true;
  readonly number?: string;
}

const EXAMPLES = `
Filters are words and key:value, all of which have to fit: status:5xx signal:orderPaid
receiver:billing.* error:any tx:rolledback job:pending slow:50ms

Examples:
  $ signals tail
  $ signals tail --filter "error:any" --json
  $ signals tail --url https://shop.example.com --header "authorization: Bearer …"`;

/** How long to wait before asking an application again that has gone. */
const AGAIN_AFTER = 1_000;

export function tailCommand(
  program: Command,
  terminal: Terminal,
  exit: (code: ExitCode) => void,
): void {
  aboutRunning(program.command('tail'))
    .description('what happens in a running application, a block for each request')
    .option('--filter <filter>', 'only what fits')
    .option('--all', 'requests without effects too')
    .option('-n, --number <blocks>', 'end after so many')
    .addHelpText('after', EXAMPLES)
    .action(async (options: TailOptions) => {
      const fits = readFilter(options.filter ?? '');
      const isShown = (trace: TraceSummary): boolean =>
        trace.duration !== undefined && (options.all || trace.hasEffects) && fits(trace);
      let remaining = numberOf(options.number);
      for await (const trace of endedTraces(options, terminal)) {
        if (!isShown(trace)) continue;
        terminal.out(options.json ? JSON.stringify(trace) : blockOf(trace, terminal.paint));
        remaining -= 1;
        if (remaining <= 0) break;
      }
      exit(ExitCode.fine);
    });
}

/** Each trace once, over restarts of the application, until the person interrupts. */
async function* endedTraces(
  options: TailOptions,
  terminal: Terminal,
): AsyncGenerator<TraceSummary> {
  const application = await reach(options, terminal);
  const { interrupted, paint } = terminal;
  const told = new Set<string>();
  let last: string | undefined;
  while (!interrupted.aborted) {
    try {
      for await (const { event, id, data } of application.events(interrupted, last)) {
        last = id || last;
        if (event === 'hello') {
          terminal.error(paint('dim', `Follows ${application.origin}. Ctrl-C ends it.`));
        }
        if (event !== 'traces') continue;
        for (const trace of data as readonly TraceSummary[]) {
          if (trace.duration === undefined || told.has(trace.id)) continue;
          told.add(trace.id);
          yield trace;
        }
      }
    } catch (error) {
      // An application that never answered is a mistake; one that went away comes back.
      if (interrupted.aborted) return;
      if (error instanceof CommandError && last === undefined) throw error;
    }
    if (interrupted.aborted) return;
    terminal.error(paint('dim', 'The application is gone; waiting for it.'));
    await pause(AGAIN_AFTER, undefined, { signal: interrupted }).catch(() => undefined);
  }
}

function blockOf(trace: TraceSummary, paint: Paint): string {
  const { id, name, path, status, startedAt, duration = 0, sentence } = trace;
  const time = new Date(startedAt).toISOString().slice(11, 19);
  const isBad = (status ?? 200) >= 500 || trace.failedAborted > 0;
  // A job answers nobody.
  const statuses =
    trace.entry === 'http' ? [paint(isBad ? 'red' : 'green', String(status ?? 'no answer'))] : [];
  const [method] = name.split(' ');
  const title = path ? `${method} ${path}` : name;
  const facts = [
    count(trace.signals, 'signal'),
    count(trace.receivers, 'receiver'),
    count(trace.statements, 'statement'),
    ...(trace.rolledBack > 0 ? [paint('red', `${trace.rolledBack} rolled back`)] : []),
    ...(trace.failedIsolated > 0 ? [paint('yellow', `${trace.failedIsolated} failed alone`)] : []),
    ...(trace.dropped > 0 ? [`${trace.dropped} dropped`] : []),
    ...(trace.pending > 0 ? [`${trace.pending} pending`] : []),
  ];
  return [
    [paint('dim', time), paint('bold', title), ...statuses, `${Math.round(duration)} ms`].join(
      '  ',
    ),
    `  ${sentence}`,
    `  ${facts.join(', ')}  ${paint('dim', `signals trace ${id}`)}`,
  ].join('\n');
}

function numberOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new CommandError(`--number takes a whole number from 1, not '${text}'.`);
}
