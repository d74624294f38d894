import { afterAll, beforeAll } from '@jest/globals';
import { RunLog } from './run-log.js';

/**
 * Where no application is known, the library reports on standard error: for the log of the tree. It also
 * warns of data sources that nobody attaches, which some trees have on purpose.
 */
export function watchConsole(): void {
  const { error: print } = console;
  const emitWarning = process.emitWarning.bind(process);
  beforeAll(() => {
    console.error = (...what: unknown[]) => {
      const log = String(what[0]).startsWith('[signals]') ? RunLog.current : undefined;
      if (log) log.reported(what[1]);
      else print(...what);
    };
    process.emitWarning = (...given: unknown[]) => {
      if (given[1] !== 'SignalsWarning') Reflect.apply(emitWarning, undefined, given);
    };
  });
  afterAll(() => {
    console.error = print;
    process.emitWarning = emitWarning;
  });
}
