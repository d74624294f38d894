import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readAddressees } from '../application/index.js';
import { CommandError } from '../command.error.js';
import { ExitCode } from '../exit-code.js';
import {
  lint,
  LOST_DELIVERIES,
  lostDeliveries,
  RULES,
  STALE_MAP,
  staleMap,
  wrongSuppression,
  type Report,
  type ReportedFinding,
  type Rule,
} from '../lint/index.js';
import type { SignalMap } from '../model/index.js';
import type { Terminal } from '../terminal.js';
import { count, type Paint } from '../text/index.js';
import { isMapCurrent } from './graph.js';
import {
  aboutApplication,
  mapOfSources,
  readSubject,
  type Subject,
  type SubjectOptions,
} from './subject.js';

interface LintOptions extends SubjectOptions {
  readonly explain?: string | true;
  readonly db?: string | true;
}

const DOCUMENTED = [...RULES, LOST_DELIVERIES, STALE_MAP, wrongSuppression].toSorted((one, other) =>
  one.id.localeCompare(other.id),
);

const EXAMPLES = `
What is as it should be is allowed beside the code, with the reason:

  // signals-allow SIG003: for the shops that connect their own receivers

Examples:
  $ signals lint
  $ signals lint --db postgres://localhost/shop
  $ signals lint --explain SIG005
  $ signals lint --json`;

export function lintCommand(
  program: Command,
  terminal: Terminal,
  exit: (code: ExitCode) => void,
): void {
  aboutApplication(program.command('lint'))
    .description('what is connected wrongly, or looks so')
    .option('--explain [rule]', 'what a rule finds and how to mend it, or the list of all')
    .option('--db [url]', 'ask the database too, which SIG010 needs; default: DATABASE_URL')
    .addHelpText('after', EXAMPLES)
    .action(async (options: LintOptions) => {
      if (options.explain !== undefined) {
        terminal.out(explained(options.explain, terminal.paint));
        return exit(ExitCode.fine);
      }
      const subject = await readSubject(options, terminal);
      const askingDatabase = await rulesOfDatabase(options, subject, terminal);
      const map = mapOfSources(subject);
      const rules = [...RULES, ...askingDatabase, ...rulesOfMap(subject, map)];
      const report = lint(map, rules, subject.settings.rules ?? {});
      terminal.out(
        options.json ? JSON.stringify(report, null, 2) : textOf(report, map, terminal.paint),
      );
      exit(report.findings.length > 0 ? ExitCode.findings : ExitCode.fine);
    });
}

/** Asked before the sources are read, which takes its time. */
async function rulesOfDatabase(
  { db }: LintOptions,
  { application, settings }: Subject,
  { env }: Terminal,
): Promise<readonly Rule[]> {
  if (db === undefined) return [];
  const url = db === true ? env.DATABASE_URL : db;
  if (!url) {
    throw new CommandError('Which database? Name it, --db postgres://…, or set DATABASE_URL.');
  }
  return [lostDeliveries(await readAddressees(application, url, settings.root))];
}

function rulesOfMap({ settings: { map: file, root } }: Subject, map: SignalMap): readonly Rule[] {
  return file ? [staleMap(file, () => isMapCurrent(resolve(root, file), map))] : [];
}

function textOf({ findings, suppressed }: Report, map: SignalMap, paint: Paint): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const parts = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(findings.length > errors ? [count(findings.length - errors, 'warning')] : []),
  ];
  const found =
    findings.length === 0
      ? paint('green', 'Nothing found')
      : `${count(findings.length, 'finding')} (${parts.join(', ')})`;
  const where = `${count(map.signals.length, 'signal')}, ${count(map.receivers.length, 'receiver')}`;
  return [
    ...findings.map((finding) => line(finding, finding.message, paint)),
    ...(findings.length > 0 ? [''] : []),
    `${found} in ${where}`,
    ...(suppressed.length > 0 ? [`${suppressed.length} allowed:`] : []),
    ...suppressed.map((finding) => `  ${line(finding, finding.reason, paint)}`),
  ].join('\n');
}

function line({ place, rule, severity }: ReportedFinding, text: string, paint: Paint): string {
  const where = place ? `${place.file}:${place.line}` : '-';
  return `${where}  ${paint(severity === 'error' ? 'red' : 'yellow', rule)}  ${text}`;
}

function explained(asked: string | true, paint: Paint): string {
  if (asked === true) {
    return DOCUMENTED.map(
      ({ id, severity, title }) => `${paint('bold', id)}  ${severity.padEnd(7)}  ${title}`,
    ).join('\n');
  }
  const rule = DOCUMENTED.find(({ id }) => id === asked.toUpperCase());
  if (!rule) {
    const ids = DOCUMENTED.map(({ id }) => id).join(', ');
    throw new CommandError(`There is no rule '${asked}'. There are: ${ids}.`);
  }
  const { id, severity, title, meaning, fix } = rule;
  return `${paint('bold', id)} (${severity}): ${title}\n\n${meaning}\n\nTo mend it: ${fix}`;
}
