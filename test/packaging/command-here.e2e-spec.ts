import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PACKAGES, PATIENCE, runCommand, withoutLines, type CommandOutcome } from './command.js';
import { PackedLibrary, type Project } from './packed-library.js';

describe('The command, on the application of this repository', () => {
  let library: PackedLibrary;
  let project: Project;

  const signals = (...args: string[]): Promise<CommandOutcome> =>
    runCommand(project, args, {
      cwd: process.cwd(),
      env: { DATABASE_URL: 'postgres://127.0.0.1:1/closed' },
    });

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, ['scripts/build.mjs']);
    library = await PackedLibrary.make();
    project = await library.installIn('command', PACKAGES);
  }, PATIENCE);

  afterAll(() => library.remove());

  it(
    'lists its receivers',
    async () => {
      const { out } = await signals('list');

      expect(withoutLines(out)).toMatchSnapshot();
    },
    PATIENCE,
  );

  it(
    'explains what paying an order leads to',
    async () => {
      const { code, out } = await signals('explain', 'POST /api/v1/orders/:id/pay');

      expect(code).toBe(0);
      expect(withoutLines(out)).toMatchSnapshot();
    },
    PATIENCE,
  );

  it(
    'finds nothing wrong with it, and docs/signals-map.md current',
    async () => {
      const { code, out } = await signals('lint');

      expect(withoutLines(out)).toMatchSnapshot();
      expect(code).toBe(0);
    },
    PATIENCE,
  );
});
