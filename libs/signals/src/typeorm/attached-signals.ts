import type { DataSource } from 'typeorm';
import { AlreadyAttachedError, type ErrorSink, type Signals } from '../core/index.js';

/** The signals of one application that hear of a data source. */
export interface AttachedSignals {
  readonly signals: Signals;
  /** Told of failures that have no caller to reach. */
  readonly onError: ErrorSink;
  /** What it does about a write beside an open transaction. Default: `error`. */
  readonly writesBeside?: 'error' | 'warn' | 'allow' | undefined;
  /** The name that the application knows the data source by. */
  readonly using: string;
  /** Called when the data source has been initialized, for the first time or anew. */
  initialized?(): void;
}

const attachments = new WeakMap<DataSource, readonly AttachedSignals[]>();
let attachedNow: readonly AttachedSignals[] = [];

const NOBODY: readonly AttachedSignals[] = [];

/** @throws AlreadyAttachedError */
export function attachSignals(dataSource: DataSource, attached: AttachedSignals): Disposable {
  const standing = attachedSignals(dataSource);
  const same = standing.find(({ signals }) => signals === attached.signals);
  if (same) {
    throw new AlreadyAttachedError(
      `The data source '${attached.using}' is attached to this application already, as ` +
        `'${same.using}': each model signal would come twice. Name it in one typeOrmSignals(), once.`,
    );
  }
  attachments.set(dataSource, [...standing, attached]);
  attachedNow = [...attachedNow, attached];
  return {
    [Symbol.dispose]: () => {
      attachments.set(dataSource, without(attachedSignals(dataSource), attached));
      attachedNow = without(attachedNow, attached);
    },
  };
}

/** Of every application that hears of the data source, in the order of attaching. */
export function attachedSignals(dataSource: DataSource): readonly AttachedSignals[] {
  return attachments.get(dataSource) ?? NOBODY;
}

/** Not any more once its session is disposed, also for what was waiting for its turn then. */
export function isAttached(dataSource: DataSource, attached: AttachedSignals): boolean {
  return attachedSignals(dataSource).includes(attached);
}

/** Whom traces about a data source are for: its applications, or else undefined, alone. */
export function applicationsOf(dataSource: DataSource): readonly (Signals | undefined)[] {
  const attached = attachedSignals(dataSource);
  return attached.length === 0 ? [undefined] : attached.map(({ signals }) => signals);
}

/** Of every application of the process that hears of any data source, each once. */
export function allAttachedSignals(): readonly AttachedSignals[] {
  return attachedNow.filter(
    ({ signals }, index) => attachedNow.findIndex((other) => other.signals === signals) === index,
  );
}

function without(
  all: readonly AttachedSignals[],
  attached: AttachedSignals,
): readonly AttachedSignals[] {
  return all.filter((other) => other !== attached);
}
