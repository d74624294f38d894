import { Option, type Command } from 'commander';
import {
  readApplication,
  readSettings,
  type Application,
  type GivenSettings,
  type Settings,
} from '../application/index.js';
import { CommandError } from '../command.error.js';
import { mapSignals, type SignalMap } from '../model/index.js';
import { DeclaredPlaces, readSourceCode } from '../sources/index.js';
import type { Terminal } from '../terminal.js';

/** What every command that reads an application is given. */
export interface SubjectOptions extends GivenSettings {
  readonly json?: boolean;
}

/** Adds the options that say which application is meant. */
export function aboutApplication(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--app <file>',
        'the built file that exports the application module (file#Export)',
      ),
    )
    .addOption(new Option('--config <file>', 'instead of the signals.config.mjs that is found'))
    .addOption(new Option('--tsconfig <file>', 'of the sources; default: tsconfig.json'))
    .addOption(new Option('--json', 'print JSON'));
}

export interface Subject {
  readonly application: Application;
  readonly settings: Settings;
}

/** @throws CommandError when the application cannot be read. */
export async function readSubject(
  options: SubjectOptions,
  { cwd, error, paint }: Terminal,
): Promise<Subject> {
  const settings = await readSettings(cwd, options);
  const application = wellPlaced(await readApplication(settings), cwd);
  if (application.integrations === undefined) {
    const note =
      'SignalsModule.forRootAsync() makes its integrations at start; bridges are not shown.';
    error(paint('dim', note));
  }
  return { application, settings };
}

/** Locations are relative to the folder that the command runs in, as in the application itself. */
function wellPlaced(application: Application, cwd: string): Application {
  const places = new DeclaredPlaces(cwd);
  const receivers = application.receivers.map((receiver) => {
    const { info, declaredOn } = receiver;
    if (!declaredOn || info.location === undefined) return receiver;
    const { dispatchUid, location } = info;
    const { type, method } = declaredOn;
    const place = places.of({ type: type.name, method, dispatchUid, location });
    return { ...receiver, info: { ...info, location: place } };
  });
  return { ...application, receivers };
}

/** What is connected, as far as modules tell. */
export function mapOfModules({ application }: Subject): SignalMap {
  return mapSignals(application, undefined);
}

/**
 * What is connected, with what the sources tell; takes seconds.
 *
 * @throws CommandError when the sources cannot be read.
 */
export function mapOfSources({ application, settings }: Subject): SignalMap {
  const code = readSourceCode({
    root: settings.root,
    tsconfig: settings.tsconfig,
    signals: application.signals.map(({ name }) => name),
    entities: application.entities.map(({ name }) => name),
    effects: settings.effects,
  });
  return mapSignals(application, code);
}

/** By its whole name, or by the last part of it. */
export function signalNamed(name: string, map: SignalMap): SignalMap['signals'][number] {
  const exact = map.signal(name);
  if (exact) return exact;
  const [only, ...others] = map.signals.filter((signal) => signal.name.endsWith(`.${name}`));
  if (only && others.length === 0) return only;
  const candidates = only ? [only, ...others] : map.signals;
  throw new CommandError(
    `${only ? 'Several signals are' : 'No signal is'} called '${name}'. There ` +
      `${candidates.length === 1 ? 'is' : 'are'}: ${candidates.map((each) => each.name).join(', ')}.`,
  );
}
