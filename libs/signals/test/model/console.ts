import { afterAll, beforeAll } from '@jest/globals';
import { RunLog } from './run-log.js';

/** Where no application is known, the library reports on standard error: for the log of the tree. */
export function watchConsole(): void {
  const { error: print } = console;
  beforeAll(() => {
    console.error = (...what: unknown[]) => {
      const log = String(what[0]).startsWith('[signals]') ? RunLog.current : undefined;
      if (log) log.reported(what[1]);
      else print(...what);
    };
  });
  afterAll(() => {
    console.error = print;
  });
}
