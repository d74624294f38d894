import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { CommandError } from '../command.error.js';
import { ExitCode } from '../exit-code.js';
import { dot, focusOn, graphOf, markdown, mermaid, svg, type Graph } from '../graph/index.js';
import type { SignalMap } from '../model/index.js';
import type { Terminal } from '../terminal.js';
import { aboutApplication, mapOfSources, readSubject, type SubjectOptions } from './subject.js';

const FORMATS = ['mermaid', 'dot', 'svg', 'json', 'md'] as const;
type Format = (typeof FORMATS)[number];

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  '.md': 'md',
  '.svg': 'svg',
  '.json': 'json',
  '.dot': 'dot',
  '.gv': 'dot',
  '.mmd': 'mermaid',
};

interface GraphOptions extends SubjectOptions {
  readonly format?: Format;
  readonly focus?: string;
  readonly depth: number;
  readonly write?: string | true;
  readonly check?: string | true;
}

const EXAMPLES = `
--write and --check take the format from the file's extension, and without a file the map that the
configuration names.

Examples:
  $ signals graph
  $ signals graph --focus orderPaid --depth 2
  $ signals graph --format dot | dot -Tpng > signals.png
  $ signals graph --write docs/signals-map.md
  $ signals graph --check docs/signals-map.md`;

export function graphCommand(
  program: Command,
  terminal: Terminal,
  exit: (code: ExitCode) => void,
): void {
  aboutApplication(program.command('graph'))
    .description('who sends what to whom, as a picture')
    .addOption(new Option('--format <format>', 'default: mermaid').choices(FORMATS))
    .option('--focus <name>', 'only what leads to this signal or receiver, and what comes of it')
    .addOption(
      new Option('--depth <steps>', 'how far from the focus').default(2).argParser(depthOf),
    )
    .option('--write [file]', 'write it down')
    .addOption(new Option('--check [file]', 'compare with what is written').conflicts('write'))
    .addHelpText('after', EXAMPLES)
    .action(async (options: GraphOptions) => {
      const subject = await readSubject(options, terminal);
      const { settings } = subject;
      const map = mapOfSources(subject);
      const named = options.write ?? options.check;
      const file = named === undefined ? undefined : fileNamed(named, settings.map);
      const path = file && resolve(named === true ? settings.root : terminal.cwd, file);
      const text = drawn(map, options, path);
      if (!path || !file) {
        terminal.out(text);
        return exit(ExitCode.fine);
      }
      if (options.write) {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, `${text.trimEnd()}\n`);
        terminal.error(`Wrote ${file}.`);
        return exit(ExitCode.fine);
      }
      const isSame = isWrittenIn(path, text);
      terminal.error(isSame ? `${file} fits the code.` : staleness(file));
      exit(isSame ? ExitCode.fine : ExitCode.findings);
    });
}

/** Whether a file holds a map that fits the code; for `lint` too. */
export function isMapCurrent(path: string, map: SignalMap): boolean {
  return isWrittenIn(path, drawn(map, { depth: 0 }, path));
}

function isWrittenIn(path: string, text: string): boolean {
  return existsSync(path) && readFileSync(path, 'utf8').trimEnd() === text.trimEnd();
}

function staleness(file: string): string {
  return `${file} does not fit the code; run: signals graph --write ${file}`;
}

function drawn(
  map: SignalMap,
  { format, json, focus, depth }: Pick<GraphOptions, 'format' | 'json' | 'focus' | 'depth'>,
  path: string | undefined,
): string {
  const whole = graphOf(map);
  const graph = focus === undefined ? whole : focusOn(whole, focus, depth);
  if (!graph) throw new CommandError(`Nothing in the graph is called '${focus}'.`);
  const fromFile = BY_EXTENSION[extname(path ?? '')];
  return render(graph, map, format ?? fromFile ?? (json ? 'json' : 'mermaid'));
}

function render(graph: Graph, map: SignalMap, format: Format): string {
  switch (format) {
    case 'mermaid':
      return mermaid(graph);
    case 'dot':
      return dot(graph);
    case 'svg':
      return svg(graph);
    case 'json':
      return JSON.stringify(graph, null, 2);
    case 'md':
      return markdown(graph, map);
  }
}

function fileNamed(named: string | true, configured: string | undefined): string {
  const file = named === true ? configured : named;
  if (file) return file;
  throw new CommandError('Which file? Name it, or name the map in signals.config.mjs.');
}

function depthOf(text: string): number {
  const depth = Number(text);
  if (Number.isInteger(depth) && depth > 0) return depth;
  throw new CommandError(`--depth takes a whole number from 1, not '${text}'.`);
}
