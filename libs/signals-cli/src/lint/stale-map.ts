import type { Rule } from './rule.js';

/** @param file the map, as it is named in the configuration. */
export function staleMap(file: string, isCurrent: () => boolean): Rule {
  return {
    ...STALE_MAP,
    find: () =>
      isCurrent()
        ? []
        : [
            {
              place: { file, line: 1 },
              message: `the map does not fit the code; run: signals graph --write ${file}`,
            },
          ],
  };
}

export const STALE_MAP = {
  id: 'SIG011',
  severity: 'error',
  title: 'the committed map differs from the code',
  meaning:
    'The configuration names a map, which reviewers read to see what a change connects. It was not ' +
    'written again after the last change.',
  fix: 'Run signals graph --write, and commit the map with the change.',
} as const;
