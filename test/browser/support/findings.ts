import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const ANIMATIONS_ENDED = `Promise.allSettled(
  document.getAnimations()
    .filter(({ effect }) => effect.getTiming().iterations !== Infinity)
    .map(({ finished }) => finished),
)`;

/** What axe finds wrong with the page as it is now, a line for each element; empty when it finds nothing. */
export async function findingsOn(page: Page, rules = RULES): Promise<string[]> {
  // Elements that are still fading in have the contrast of neither end.
  await page.evaluate(ANIMATIONS_ENDED);
  // Evaluated by the debugger, which the content security policy of the page does not bind.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(AXE);
  const results: AxeResults = await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(rules)} })`,
  );
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) => `${id}: ${help}: ${target.join(' ')} ${failureSummary}`,
    ),
  );
}

/** The same in light and in dark, of which the second differs in its colours alone. */
export async function findingsInBothThemes(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' });
  const inLight = await findingsOn(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const inDark = await findingsOn(page, ['color-contrast', 'link-in-text-block']);
  return [...inLight, ...inDark.map((finding) => `in dark, ${finding}`)];
}
