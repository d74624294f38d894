import type { InstanceWrite, WriteEffect } from '../sources/index.js';

/** What a write sends before and after its statement. */
interface WriteSignals {
  readonly before: string;
  readonly after: string;
}

const OF_INSTANCES: Readonly<Record<InstanceWrite, WriteSignals>> = {
  save: { before: 'model.preSave', after: 'model.postSave' },
  remove: { before: 'model.preDelete', after: 'model.postDelete' },
  softRemove: { before: 'model.preSoftDelete', after: 'model.postSoftDelete' },
  recover: { before: 'model.preRestore', after: 'model.postRestore' },
};

const OF_BULK: WriteSignals = { before: 'model.preBulk', after: 'model.postBulk' };

/** Statements in SQL send nothing. */
const NONE: WriteSignals = { before: '', after: '' };

export function signalsOfWrite({ instances, table }: WriteEffect): WriteSignals {
  if (instances) return OF_INSTANCES[instances];
  return table === undefined ? OF_BULK : NONE;
}

/** The signals of instances, in the order in which a reader asks for them. */
export const INSTANCE_WRITES = Object.keys(OF_INSTANCES) as readonly InstanceWrite[];
