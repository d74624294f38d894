import type { Engine } from './engine.js';

/** A failed delivery that holds its key is kept until somebody decides, however long that takes. */
export async function keepWhatHoldsKeys(engine: Engine): Promise<void> {
  await engine.query(
    `UPDATE "${engine.schema}".job SET deletion_seconds = 0
     WHERE policy = 'key_strict_fifo' AND state = 'failed' AND deletion_seconds > 0`,
  );
}
