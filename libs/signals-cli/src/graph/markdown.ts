import {
  failureWord,
  phaseWord,
  type MappedReceiver,
  type MappedSignal,
  type SignalMap,
} from '../model/index.js';
import type { LeafEffect } from '../sources/index.js';
import type { Graph } from './graph.js';
import { mermaid } from './mermaid.js';

/**
 * The map as a page: the graph, and each signal with its senders and receivers. It names files without
 * lines, so that it changes only when something is connected differently.
 */
export function markdown(graph: Graph, map: SignalMap): string {
  return [
    '# Signals',
    '',
    '<!-- Written by `signals graph --write`; `signals graph --check` compares it with the code. -->',
    '',
    '```mermaid',
    mermaid(graph),
    '```',
    ...map.signals.flatMap((signal) => signalSection(signal, map)),
    '',
  ].join('\n');
}

function signalSection(signal: MappedSignal, map: SignalMap): readonly string[] {
  const { name, description, place, calls, receivers } = signal;
  const listeners = map.listenersOf(name).map(({ owner }) => `\`${owner}\``);
  return [
    '',
    `## ${name}`,
    '',
    ...(description ? [description] : []),
    ...(place ? [`Defined in \`${place.file}\`.`] : []),
    ...(calls.length > 0 ? [`Sent by ${senders(calls)}.`] : []),
    ...(listeners.length > 0 ? [`Heard as an event by ${listeners.join(', ')}.`] : []),
    '',
    ...(receivers.length > 0 ? receiverTable(receivers) : ['Nobody receives it.']),
  ];
}

function senders(calls: readonly LeafEffect[]): string {
  const names = calls.map((call) => {
    const entities = call.kind === 'write' ? call.entities.join(' or ') : '';
    return `\`${call.site.by}\`${entities && ` (${entities})`}`;
  });
  return [...new Set(names)].join(', ');
}

function receiverTable(receivers: readonly MappedReceiver[]): readonly string[] {
  const rows = receivers.map(({ info, place }) => [
    `\`${info.dispatchUid}\``,
    info.sender,
    phaseWord(info),
    failureWord(info),
    place ? `\`${place.file}\`` : '',
  ]);
  const header = ['receiver', 'sender', 'when', 'on error', 'where'];
  const widths = header.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[], fill = ' '): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0, fill)).join(' | ')} |`;
  return [
    line(header),
    line(
      header.map(() => ''),
      '-',
    ),
    ...rows.map((row) => line(row)),
  ];
}
