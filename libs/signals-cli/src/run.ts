import { Command, CommanderError } from 'commander';
import { CommandError } from './command.error.js';
import {
  deadCommand,
  explainCommand,
  graphCommand,
  lintCommand,
  listCommand,
  showCommand,
  tailCommand,
  traceCommand,
} from './commands/index.js';
import { ExitCode } from './exit-code.js';
import type { Terminal } from './terminal.js';

const ABOUT = `
All but tail, trace and dead read an application without starting it: nothing listens, and no
database is asked. These three ask one that runs, over its inspector.

Which application is meant is said by --app, signals.config.mjs, or "signals" in package.json.

Exit codes: 0 fine, 1 findings, 2 wrong usage or an application that cannot be read.

Examples:
  $ signals list
  $ signals explain "POST /api/v1/orders/:id/pay"
  $ signals lint`;

const USUAL_COLUMNS = 80;

const COMMANDS = [
  listCommand,
  showCommand,
  explainCommand,
  graphCommand,
  lintCommand,
  tailCommand,
  traceCommand,
  deadCommand,
];

/** Runs one command line, without the names of node and of this program. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = ExitCode.fine;
  const program = new Command('signals')
    .description('See what is connected by signals, and what will happen.')
    .addHelpText('after', ABOUT)
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.error(text.trimEnd()),
      getOutHelpWidth: () => terminal.columns ?? USUAL_COLUMNS,
      getErrHelpWidth: () => terminal.columns ?? USUAL_COLUMNS,
    })
    .exitOverride();
  for (const add of COMMANDS) add(program, terminal, (chosen) => (code = chosen));
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? ExitCode.fine : ExitCode.failed;
    }
    if (!(error instanceof CommandError)) throw error;
    terminal.error(`${terminal.paint('red', 'error')} ${error.message}`);
    return ExitCode.failed;
  }
}
