import type { DataSource } from 'typeorm';
import type { Signals } from '../index.js';

/** The signals that hear of a data source, and the name that they know it by. */
export interface AttachedSignals {
  readonly signals: Signals;
  readonly using: string;
}

const attachments = new WeakMap<DataSource, AttachedSignals>();
const attachedNow = new Set<AttachedSignals>();

export function attachSignals(dataSource: DataSource, attached: AttachedSignals): Disposable {
  attachments.set(dataSource, attached);
  attachedNow.add(attached);
  return {
    [Symbol.dispose]: () => {
      attachedNow.delete(attached);
      if (attachments.get(dataSource) === attached) attachments.delete(dataSource);
    },
  };
}

export function attachedSignals(dataSource: DataSource): AttachedSignals | undefined {
  return attachments.get(dataSource);
}

/** The signals of the process, where it runs one application. */
export function onlySignals(): Signals | undefined {
  const [first, ...others] = new Set([...attachedNow].map(({ signals }) => signals));
  return others.length === 0 ? first : undefined;
}
