import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { coloured, paintFor, plain } from '../src/text/index.js';
import { signals } from './terminal.js';

describe('The command line', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signals-usage-'));
    await writeFile(join(folder, 'signals.config.mjs'), 'export default 42;');
  });

  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    [],
    ['list'],
    ['show'],
    ['explain'],
    ['graph'],
    ['lint'],
    ['tail'],
    ['trace'],
    ['dead'],
    ['dead', 'list'],
    ['dead', 'show'],
    ['dead', 'replay'],
  ])('gives options and examples in the help of signals %s %s', async (...command: string[]) => {
    const { code, out } = await signals(folder, ...command, '--help');

    expect(code).toBe(0);
    expect(out).toContain('Examples:\n  $ signals');
    expect(out).toMatchSnapshot();
  });

  it.each([
    ['an unknown command', ['shwo', 'x'], 'Did you mean show?'],
    ['an unknown option', ['list', '--everything'], "unknown option '--everything'"],
    ['a missing argument', ['show'], "missing required argument 'signal'"],
    ['an unknown format', ['graph', '--format', 'png'], 'Allowed choices are mermaid, dot, svg'],
    ['a wrong depth', ['graph', '--depth', '0'], "--depth takes a whole number from 1, not '0'"],
    ['two wishes at once', ['graph', '--write', 'a', '--check', 'b'], 'cannot be used with option'],
    ['a configuration that is none', ['list'], 'has to export a function that answers'],
    ['a configuration that is missing', ['list', '--config', 'no.mjs'], 'There is no '],
    [
      'an unknown rule',
      ['lint', '--explain', 'SIG999'],
      "There is no rule 'SIG999'. There are: SIG000",
    ],
  ])('answers %s with 2 and what is wrong', async (_, args, message) => {
    const { code, out, error } = await signals(folder, ...args);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toContain(message);
  });

  it('says how to name an application where nothing does', async () => {
    const { code, error } = await signals(tmpdir(), 'list');

    expect(code).toBe(2);
    expect(error).toContain('signals list --app dist/app.module.js');
  });

  it('explains a rule without an application', async () => {
    const { code, out } = await signals(tmpdir(), 'lint', '--explain', 'sig005');

    expect(code).toBe(0);
    expect(out).toMatch(/^SIG005 \(error\): .*\n\n.*\n\nTo mend it: /);
  });
});

describe('Colour', () => {
  it.each([
    ['is used at a terminal', { isTTY: true }, {}, coloured],
    ['is left out of files and pipes', {}, {}, plain],
    ['is left out where NO_COLOR asks for it', { isTTY: true }, { NO_COLOR: '1' }, plain],
    ['is left out of terminals without it', { isTTY: true }, { TERM: 'dumb' }, plain],
  ])('%s', (_, stream, env, paint) => {
    expect(paintFor(stream, env)).toBe(paint);
  });
});
