import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { LOST_DELIVERIES, RULES, STALE_MAP, wrongSuppression } from '../src/lint/index.js';

describe('libs/signals-cli/docs/linting.md', () => {
  it.each([...RULES, LOST_DELIVERIES, STALE_MAP, wrongSuppression])(
    'says of $id what the rule says of itself',
    async ({ id, title, severity, meaning, fix }) => {
      const page = await readFile('libs/signals-cli/docs/linting.md', 'utf8');
      const section = page.split('### ').find((each) => each.startsWith(`${id}: ${title}\n`));
      const words = section?.replaceAll(/\s+/g, ' ');

      expect(words).toContain(`${severity === 'error' ? 'Error' : 'Warning'}. ${meaning} ${fix}`);
    },
  );
});
