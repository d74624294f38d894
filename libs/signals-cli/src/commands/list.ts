import type { Command } from 'commander';
import { ExitCode } from '../exit-code.js';
import { failureWord, phaseWord, type MappedReceiver, type SignalMap } from '../model/index.js';
import type { Terminal } from '../terminal.js';
import { count, table, type Paint } from '../text/index.js';
import { aboutApplication, mapOfModules, readSubject, type SubjectOptions } from './subject.js';

const EXAMPLES = `
Examples:
  $ signals list
  $ signals list --app dist/app.module.js
  $ signals list --json | jq '.receivers[] | select(.phase == "durable")'`;

export function listCommand(
  program: Command,
  terminal: Terminal,
  exit: (code: ExitCode) => void,
): void {
  aboutApplication(program.command('list'))
    .description('every signal with its receivers, in the order in which they run')
    .addHelpText('after', EXAMPLES)
    .action(async (options: SubjectOptions) => {
      const map = mapOfModules(await readSubject(options, terminal));
      terminal.out(options.json ? jsonOf(map) : textOf(map, terminal.paint));
      exit(ExitCode.fine);
    });
}

function jsonOf({ signals, receivers }: SignalMap): string {
  return JSON.stringify(
    {
      signals: signals.map(({ name, description, category }) => ({ name, description, category })),
      receivers: receivers.map(({ info, options }) => ({
        ...info,
        hasCondition: options.when !== undefined,
      })),
    },
    null,
    2,
  );
}

interface Row {
  readonly signal: string;
  readonly sender: string;
  readonly receiver: MappedReceiver | undefined;
}

function textOf({ signals, receivers }: SignalMap, paint: Paint): string {
  const rows: Row[] = [
    ...receivers.map((receiver) => ({
      signal: receiver.info.signal,
      sender: receiver.info.sender,
      receiver,
    })),
    ...signals
      .filter(({ name }) => !receivers.some(({ info }) => info.signal === name))
      .map(({ name }) => ({ signal: name, sender: '', receiver: undefined })),
  ];
  if (rows.length === 0) return 'No signal is declared, and no method carries @Receiver().';
  const listing = table<Row>(
    [
      { title: 'SIGNAL', style: 'cyan', text: ({ signal }) => signal },
      { title: 'SENDER', text: ({ sender }) => sender },
      { title: 'RECEIVER', text: ({ receiver }) => receiver?.info.dispatchUid ?? 'nobody' },
      { title: 'WHEN', text: ({ receiver }) => (receiver ? phaseWord(receiver.info) : '') },
      { title: 'ON ERROR', text: ({ receiver }) => (receiver ? failureWord(receiver.info) : '') },
      { title: 'WHERE', style: 'dim', text: ({ receiver }) => receiver?.info.location ?? '' },
    ],
    withoutRepetitions(rows),
    paint,
  );
  return `${listing}\n\n${summaryOf(rows)}`;
}

/** A signal is named once for all its receivers, as is its sender. */
function withoutRepetitions(rows: readonly Row[]): readonly Row[] {
  return rows.map((row, at) => {
    const before = rows[at - 1];
    if (before?.signal !== row.signal) return row;
    return { ...row, signal: '', sender: before.sender === row.sender ? '' : row.sender };
  });
}

function summaryOf(rows: readonly Row[]): string {
  const signals = new Set(rows.map(({ signal }) => signal).filter((name) => name !== '*'));
  const receivers = rows.flatMap(({ receiver }) => receiver ?? []);
  const words = receivers.map(({ info }) => phaseWord(info));
  const parts = [...new Set(words)].map(
    (word) => `${words.filter((each) => each === word).length} ${word}`,
  );
  const [first] = rows;
  return (
    `${count(signals.size, 'signal')}, ${count(receivers.length, 'receiver')}: ` +
    `${parts.join(', ')}. Try: signals show ${first?.signal ?? ''}`
  );
}
