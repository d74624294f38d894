import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export const MEGABYTE = 1024 * 1024;

setFlagsFromString('--expose-gc');
export const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of the heap that something still refers to. */
export function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
