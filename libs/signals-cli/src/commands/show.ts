import type { Command } from 'commander';
import { ExitCode } from '../exit-code.js';
import { Prediction, type MappedSignal, type SignalMap } from '../model/index.js';
import type { LeafEffect } from '../sources/index.js';
import type { Terminal } from '../terminal.js';
import type { Paint } from '../text/index.js';
import { indented, StepPrinter } from './print-steps.js';
import {
  aboutApplication,
  mapOfSources,
  readSubject,
  signalNamed,
  type SubjectOptions,
} from './subject.js';

const EXAMPLES = `
A signal is named in full or by its last part.

Examples:
  $ signals show orderPaid
  $ signals show model.postSave --json`;

export function showCommand(
  program: Command,
  terminal: Terminal,
  exit: (code: ExitCode) => void,
): void {
  aboutApplication(program.command('show'))
    .argument('<signal>')
    .description('one signal: who sends it, and what that leads to')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: SubjectOptions) => {
      const map = mapOfSources(await readSubject(options, terminal));
      const signal = signalNamed(name, map);
      terminal.out(
        options.json
          ? JSON.stringify(signalAsJson(signal, map), null, 2)
          : signalAsText(signal, map, terminal.paint),
      );
      exit(ExitCode.fine);
    });
}

/** What `show` prints of a signal, and `explain` too. */
export function signalAsText(signal: MappedSignal, map: SignalMap, paint: Paint): string {
  const printer = new StepPrinter(paint);
  const lines = [
    `${paint('cyan', signal.name)}${printer.place(signal.place)}`,
    ...(signal.description ? [`  ${signal.description}`] : []),
    '',
    paint('bold', 'sent by'),
    ...indented(
      signal.calls.length > 0 ? senderLines(signal.calls, printer) : [sentByNobody(signal)],
    ),
  ];
  for (const { title, reached } of reachedBy(signal, map)) {
    const inside = printer.lines(reached.steps);
    lines.push('', paint('bold', title), ...indented(inside), ...indented(printer.ends(reached)));
    if (inside.length === 0 && printer.ends(reached).length === 0) lines.push('  nobody');
  }
  return lines.join('\n');
}

export function signalAsJson(signal: MappedSignal, map: SignalMap): object {
  const { name, description, category, place, calls, receivers } = signal;
  return {
    name,
    description,
    category,
    place,
    calls,
    receivers: receivers.map(({ info }) => info),
    reaches: reachedBy(signal, map).map(({ sender, reached }) => ({ sender, ...reached })),
  };
}

/** Receivers of one sender and those of all mix, so each sender that is named has an order of its own. */
function reachedBy(
  signal: MappedSignal,
  map: SignalMap,
): readonly {
  sender: string | undefined;
  title: string;
  reached: ReturnType<Prediction['ofSend']>;
}[] {
  const prediction = new Prediction(map);
  const senders = signal.receivers.flatMap(({ sender }) =>
    sender === undefined ? [] : [typeof sender === 'string' ? sender : sender.name],
  );
  const isForAll = signal.receivers.some(({ sender }) => sender === undefined);
  return [...new Set([...senders, ...(isForAll || senders.length === 0 ? [undefined] : [])])].map(
    (sender) => ({
      sender,
      title: sender ? `reaches, when ${sender} sends it` : othersOf(senders),
      reached: prediction.ofSend(signal.name, sender),
    }),
  );
}

function othersOf(named: readonly string[]): string {
  return named.length === 0 ? 'reaches' : 'reaches, when another one sends it';
}

function senderLines(calls: readonly LeafEffect[], printer: StepPrinter): readonly string[] {
  return calls.map((call) => `${call.site.by}${whatOf(call)}${printer.place(call.site)}`);
}

function whatOf(call: LeafEffect): string {
  if (call.kind !== 'write') return '';
  return ` ${call.operation} ${call.entities.join(' or ')}`.trimEnd();
}

function sentByNobody({ category }: MappedSignal): string {
  return category === 'lifecycle'
    ? 'the framework; no call in the sources'
    : 'nobody in the sources';
}
