import type { DataSource } from 'typeorm';
import type { Signals } from '../index.js';

/** The signals that hear of a data source, and the name that they know it by. */
export interface AttachedSignals {
  readonly signals: Signals;
  readonly using: string;
}

const attachments = new WeakMap<DataSource, AttachedSignals>();

export function attachSignals(dataSource: DataSource, attached: AttachedSignals): Disposable {
  attachments.set(dataSource, attached);
  return {
    [Symbol.dispose]: () => {
      if (attachments.get(dataSource) === attached) attachments.delete(dataSource);
    },
  };
}

export function attachedSignals(dataSource: DataSource): AttachedSignals | undefined {
  return attachments.get(dataSource);
}
