import { project } from '../../../../scripts/launcher/project.mjs';

/** What the clocks of the pages show, in every picture. */
export const NOW = new Date('2026-11-24T09:41:30+01:00');

/**
 * Makes a page show the same at each visit: its clock stands still, and the times and durations that the server
 * tells are others, which depend on nothing but what else it tells.
 *
 * @param {import('playwright-core').Page} page
 */
export async function keepSteady(page) {
  await page.clock.setFixedTime(NOW);
  await page.addInitScript(tellSteadyTimes, NOW.getTime());
}

/**
 * Puts other ids, years, dates and folders in the place of the ones that are shown.
 *
 * @param {import('playwright-core').Page} page
 */
export async function hideWhatIsRandom(page) {
  for (const frame of page.frames()) await frame.evaluate(showKnownWords, project);
}

/**
 * Runs in the page.
 *
 * @param {string} checkout
 */
function showKnownWords(checkout) {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const shown = (text.nodeValue ?? '')
      .replaceAll(
        /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
        '019c2a5e-7d10-7b2c-9e44-5f8a3c1d6b72',
      )
      .replaceAll(checkout, '/shop')
      .replaceAll(/\b([OR])-\d{4}-(?=\d{6}\b)/g, '$1-2026-')
      .replaceAll(/\b\d{4}-\d\d-\d\d\b/g, '2026-11-24');
    if (shown !== text.nodeValue) text.nodeValue = shown;
  }
}

/**
 * Runs in the page, before its own scripts.
 *
 * @param {number} now
 */
function tellSteadyTimes(now) {
  const parse = JSON.parse;
  JSON.parse = (text, reviver) => steady(parse(text, reviver));
  Response.prototype.json = async function json() {
    return JSON.parse(await this.text());
  };

  const isTime = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
  const known = {
    startedAt: now - 4_000,
    lastSentAt: now - 12_000,
    at: now - 12_000,
    bytes: 431_000,
    p50: 1.4,
    p95: 3.8,
  };

  function steady(value) {
    if (typeof value === 'string') return isTime.test(value) ? ago(4) : value;
    if (Array.isArray(value)) return value.map(steady).map(spread);
    if (value === null || typeof value !== 'object') return value;
    const told = Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, key in known ? known[key] : steady(each)]),
    );
    if ('bootedAt' in told) told.bootedAt = ago(200);
    if ('createdAt' in told) told.createdAt = ago(40);
    // The frames below depend on how a server's answers arrived.
    if ('stack' in told) told.stack = told.stack.slice(0, 3);
    if (typeof told.duration === 'number') Object.assign(told, timesOf(told));
    if ('durations' in told)
      told.durations = told.durations.map((_, index) => 1 + ((7 * index) % 12) / 4);
    if ('spans' in told && 'summary' in told)
      told.spans = spacedOut(told.spans, told.summary.duration);
    return told;
  }

  function ago(seconds) {
    return new Date(now - seconds * 1_000).toISOString();
  }

  /** Of a list of traces each is older than the one before. */
  function spread(value, index) {
    return value && typeof value === 'object' && 'startedAt' in value
      ? { ...value, startedAt: value.startedAt - 9_000 * index }
      : value;
  }

  /** The more was done, the longer it took. */
  function timesOf({ statements = 5, receivers = 1, statementTime }) {
    return {
      duration: 1.3 + 0.8 * statements + 0.5 * receivers,
      ...(statementTime !== undefined && {
        statementTime: 0.6 * statements,
        receiverTime: 0.9 * receivers,
      }),
    };
  }

  /** What happened keeps its order; between one thing and the next the same time passes. */
  function spacedOut(spans, duration) {
    const keys = ['start', 'end', 'queuedAt'];
    const moments = spans.flatMap((span) => keys.flatMap((key) => span[key] ?? []));
    const order = [...new Set(moments)].toSorted((one, other) => one - other);
    const last = Math.max(1, order.indexOf(spans[0].end));
    return spans.map((span) => {
      const times = keys
        .filter((key) => key in span)
        .map((key) => [key, (duration * order.indexOf(span[key])) / last]);
      return { ...span, ...Object.fromEntries(times) };
    });
  }
}
