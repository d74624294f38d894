import type { Command } from 'commander';
import { routesFor, type EntityInfo, type Route } from '../application/index.js';
import { CommandError } from '../command.error.js';
import { ExitCode } from '../exit-code.js';
import {
  Prediction,
  receiversOf,
  signalsOfWrite,
  INSTANCE_WRITES,
  type SignalMap,
  type Step,
} from '../model/index.js';
import type { Place, WriteEffect } from '../sources/index.js';
import type { Terminal } from '../terminal.js';
import type { Paint } from '../text/index.js';
import { indented, StepPrinter } from './print-steps.js';
import { signalAsJson, signalAsText } from './show.js';
import {
  aboutApplication,
  mapOfSources,
  readSubject,
  type Subject,
  type SubjectOptions,
} from './subject.js';

const EXAMPLES = `
A request is named by its method and path, as clients see it; an entity by its class.
The code is read as it is written: "perhaps" stands before what is in a branch.

Examples:
  $ signals explain "POST /api/v1/orders/:id/pay"
  $ signals explain Order
  $ signals explain orderPaid --json`;

export function explainCommand(
  program: Command,
  terminal: Terminal,
  exit: (code: ExitCode) => void,
): void {
  aboutApplication(program.command('explain'))
    .argument('<subject>', 'a request, an entity or a signal')
    .description('what will happen, in which order, in which phase and transaction')
    .addHelpText('after', EXAMPLES)
    .action(async (subject: string, options: SubjectOptions) => {
      const read = await readSubject(options, terminal);
      refuseUnknownRequest(subject, read);
      const map = mapOfSources(read);
      const explanation = explained(subject, map);
      terminal.out(
        options.json
          ? JSON.stringify(explanation.json(), null, 2)
          : explanation.text(terminal.paint),
      );
      exit(ExitCode.fine);
    });
}

interface Explanation {
  json(): object;
  text(paint: Paint): string;
}

function explained(subject: string, map: SignalMap): Explanation {
  if (isRequest(subject)) return explainedRequest(subject, map);
  const entity = map.entities.find(({ name }) => name === subject);
  if (entity) return explainedEntity(entity, map);
  const signal = map.signals.find(({ name }) => name === subject || name.endsWith(`.${subject}`));
  if (signal) {
    return {
      json: () => signalAsJson(signal, map),
      text: (paint) => signalAsText(signal, map, paint),
    };
  }
  throw new CommandError(
    `There is no entity and no signal called '${subject}'. Entities: ` +
      `${listed(map.entities)}. Signals: ${listed(map.signals)}. A request reads like "POST /orders".`,
  );
}

function isRequest(subject: string): boolean {
  return /^[a-z]+\s+\//i.test(subject);
}

/** Before the sources are read, which takes its time. */
function refuseUnknownRequest(subject: string, { application: { routes } }: Subject): void {
  if (!isRequest(subject) || routesFor(subject, routes).length > 0) return;
  const known = routes.map(({ method, path }) => `${method} ${path}`).join(', ') || 'none';
  throw new CommandError(`No controller answers '${subject}'. Routes: ${known}.`);
}

interface ExplainedRoute extends Route {
  readonly place: Place | undefined;
  readonly steps: readonly Step[];
}

function explainedRequest(request: string, map: SignalMap): Explanation {
  const found = routesFor(request, map.application.routes);
  const routes = found.map((route) => explainedRoute(route, map));
  return {
    json: () => ({ routes }),
    text: (paint) => {
      const printer = new StepPrinter(paint);
      return routes
        .map(({ method, path, controller, handler, place, steps }) => {
          const title = `${paint('bold', `${method} ${path}`)} → ${controller}.${handler}`;
          const lines = printer.lines(steps);
          const nothing = [
            'nothing is known: by its types, it sends no signal, writes nothing and calls nobody',
          ];
          return [
            `${title}${printer.place(place)}`,
            ...indented(lines.length > 0 ? lines : nothing),
          ].join('\n');
        })
        .join('\n\n');
    },
  };
}

function explainedRoute(route: Route, map: SignalMap): ExplainedRoute {
  const method = map.code?.method(route.controller, route.handler);
  return { ...route, place: method?.place, steps: new Prediction(map).of(method?.effects() ?? []) };
}

/** What each kind of write of an entity leads to; those that nobody hears are left out. */
function explainedEntity(entity: EntityInfo, map: SignalMap): Explanation {
  const writes = [
    ...INSTANCE_WRITES.map((each) => writeOf(entity, each)),
    writeOf(entity, undefined),
  ];
  const heard = writes.filter((write) => {
    const { before, after } = signalsOfWrite(write);
    return [before, after].some(
      (name) => receiversOf(map.signal(name), entity.name, map).length > 0,
    );
  });
  const sites = (map.code?.calls ?? []).filter(
    (call) => call.kind === 'write' && call.entities.includes(entity.name),
  );
  const prediction = new Prediction(map);
  const parts = heard.map((write) => ({
    operation: write.operation,
    steps: prediction.of([{ kind: 'transaction', effects: [write], ...NOWHERE }]),
  }));
  return {
    json: () => ({ entity: entity.name, table: entity.table, writtenBy: sites, writes: parts }),
    text: (paint) => {
      const printer = new StepPrinter(paint);
      const lines = [paint('bold', entity.name), '', paint('bold', 'written by')];
      for (const call of sites) {
        const operation = call.kind === 'write' ? call.operation : '';
        lines.push(`  ${call.site.by} ${operation}${printer.place(call.site)}`);
      }
      if (sites.length === 0) lines.push('  nobody in the sources');
      for (const { operation, steps } of parts) {
        const [transaction] = steps;
        if (transaction?.kind !== 'transaction') continue;
        lines.push('', paint('bold', `on ${operation}, in its transaction`));
        lines.push(
          ...indented(printer.lines(transaction.steps)),
          ...indented(printer.ends(transaction)),
        );
      }
      if (parts.length === 0) lines.push('', 'Nobody hears what becomes of it.');
      return lines.join('\n');
    },
  };
}

const NOWHERE = { site: { by: '', file: '', line: 0 }, isConditional: false } as const;

function writeOf({ name }: EntityInfo, instances: WriteEffect['instances']): WriteEffect {
  const operation = instances ?? 'bulk write';
  return { kind: 'write', operation, instances, entities: [name], table: undefined, ...NOWHERE };
}

function listed(named: readonly { readonly name: string }[]): string {
  return named.map(({ name }) => name).join(', ') || 'none';
}
