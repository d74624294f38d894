import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  PACKAGES,
  PATIENCE,
  runCommand,
  runCommands,
  withoutLines,
  type CommandOutcome,
} from './command.js';
import { PackedLibrary, type Project } from './packed-library.js';

const PAY = 'POST /api/v1/orders/:id/pay';

const GOLDEN = [
  ['list', '--json'],
  ['show', 'orderPaid'],
  ['show', 'orderPaid', '--json'],
  ['explain', PAY],
  ['explain', PAY, '--json'],
  ['explain', 'Order'],
  ['explain', 'Order', '--json'],
  ['graph'],
  ['graph', '--json'],
  ['graph', '--format', 'dot'],
  ['graph', '--format', 'svg'],
  ['graph', '--format', 'md', '--focus', 'orderPaid'],
  ['lint'],
  ['lint', '--json'],
] as const;

const WRONG = [
  ['show', 'orderPaidd'],
  ['explain', 'Orderr'],
] as const;

describe('The command, on the application of this repository', () => {
  let library: PackedLibrary;
  let project: Project;
  let outcomes: readonly CommandOutcome[];

  const place = { cwd: process.cwd(), env: { DATABASE_URL: 'postgres://127.0.0.1:1/closed' } };
  const outcomeOf = (command: readonly string[]): CommandOutcome | undefined =>
    outcomes[[...GOLDEN, ...WRONG].findIndex((each) => each === command)];

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, ['scripts/build.mjs']);
    library = await PackedLibrary.make();
    project = await library.installIn('command', PACKAGES);
    outcomes = await runCommands(project, [...GOLDEN, ...WRONG], place);
  }, PATIENCE);

  afterAll(() => library.remove());

  it(
    'lists its receivers, as a program of its own',
    async () => {
      const { code, out } = await runCommand(project, ['list'], place);

      expect(code).toBe(0);
      expect(withoutLines(out)).toMatchSnapshot('output');
    },
    PATIENCE,
  );

  it.each(GOLDEN.map((command) => ({ command })))(
    'answers $command as it always did',
    ({ command }) => {
      const { code, out = '', error } = outcomeOf(command) ?? {};

      expect({ code, error }).toEqual({ code: 0, error: '' });
      expect(compact(withoutLines(out))).toMatchSnapshot('output');
    },
  );

  it.each(WRONG.map((command) => ({ command })))(
    'answers $command with 2 and what there is',
    ({ command }) => {
      const { code, out, error } = outcomeOf(command) ?? {};

      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(error).toMatchSnapshot('error');
    },
  );

  it('names no path outside the project', () => {
    expect(JSON.stringify(outcomes)).not.toContain(process.cwd());
  });
});

/** The innermost objects and lists of JSON on a line each. */
function compact(text: string): string {
  const isJson = /^[[{]/.test(text);
  const onOneLine = (innermost: string): string => innermost.replaceAll(/\s+/g, ' ');
  return isJson ? text.replaceAll(/[[{][^[\]{}]*[\]}]/g, onOneLine) : text;
}
