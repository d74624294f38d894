import { text } from 'node:stream/consumers';
import { findingsOn, openShop, type Visitor, type VisitedShop } from './support/index.js';
import { inspectorVisitor, look, payForSomething } from './support/inspector.js';

let shop: VisitedShop;
let visitor: Visitor;
beforeAll(async () => {
  shop = await openShop();
  await payForSomething(shop);
  visitor = await inspectorVisitor(shop, { viewport: { width: 1280, height: 1100 } });
}, 60_000);
afterAll(() => shop.close());

describe('The timeline', () => {
  it('counts what arrives while it is paused, and shows it when it goes on', async () => {
    const { page } = visitor;
    await page.goto('/_signals');
    await page.getByText('Live', { exact: true }).waitFor();
    const rows = page.locator('.trace-row');
    await rows.first().waitFor();
    const before = await rows.count();

    await page.keyboard.press('.');
    await payForSomething(shop);
    await page.getByText(/^Paused at .* — \d{1,2} requests arrived since/).waitFor();
    await page.getByText('— 0 requests arrived').waitFor({ state: 'detached' });
    const whilePaused = await rows.count();
    await look(page, 'paused');
    await page.getByRole('main').getByRole('button', { name: 'Resume' }).click();
    await page.getByText(/^Paused at/).waitFor({ state: 'detached' });

    expect(whilePaused).toBe(before);
    expect(await rows.count()).toBeGreaterThan(before);
  });

  it('says when nothing fits, when a trace is gone, and when one was too long', async () => {
    const { page } = visitor;
    await page.goto('/_signals?q=signal:nothing');
    await page.getByRole('heading', { name: 'Nothing fits' }).waitFor();
    expect(await findingsOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await page.locator('.trace-row').first().waitFor();

    await page.goto('/_signals/t/gone');
    await page.getByText('Kept for 30 minutes or 500 requests').waitFor();
    await look(page, 'gone');
    expect(await findingsOn(page)).toEqual([]);

    const payment = await payForSomething(shop);
    await page.route(`**/api/traces/${payment}`, async (route) => {
      const response = await route.fetch();
      const { spans, ...trace } = await response.json();
      const many = [...spans, ...manySpans(spans.length)];
      await route.fulfill({ response, json: { ...trace, spans: many, truncated: 812 } });
    });
    await page.goto(`/_signals/t/${payment}`);
    await page.getByText('+ 812 more spans (limit 2,000)').waitFor();
    await page.getByRole('row', { name: 'signal many.399, ok' }).waitFor({ state: 'attached' });
    // The trace is asked for again as its job goes on.
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('is asked for every five seconds where the stream is cut off', async () => {
    const tab = await visitor.openTab();
    await tab.page.route('**/api/stream', (route) => route.abort());
    await tab.page.goto('/_signals');
    await tab.page.getByText('The stream is cut off').waitFor();
    const payment = await payForSomething(shop);

    await tab.page.locator(`.trace-row[href*="${payment}"]`).waitFor();
    await look(tab.page, 'polling');
    await tab.page.close();
  });
});

describe('The map', () => {
  it('pulses where a signal is sent, and is saved as a picture of its own', async () => {
    const { page } = visitor;
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await page.goto('/_signals/map');
    await page.getByRole('button', { name: 'signal orders.orderPaid' }).waitFor();

    await payForSomething(shop);
    await page
      .locator(
        '[data-pulse="signal orders.orderPaid receiver orders.orderPaid billing.issueReceipt"]',
      )
      .waitFor({ state: 'attached' });
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save SVG' }).click();
    const picture = await text(await (await saving).createReadStream());

    expect(picture).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(picture).toContain('billing.issueReceipt');
    expect(picture).not.toMatch(/class=|var\(/);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(visitor.complained).toEqual([]);
  });
});

describe('Checks', () => {
  it('show what the linter finds in the sources, what is allowed there, or why it cannot read them', async () => {
    const { page } = visitor;
    const place = { file: 'src/orders.service.ts', line: 7 };
    const answers = [
      { status: 503, json: { type: 'not-linted', detail: 'The command is not built here yet' } },
      {
        json: {
          findings: [
            {
              rule: 'SIG003',
              severity: 'warning',
              place,
              message: 'orders.lost is heard by nobody',
            },
          ],
          suppressed: [
            { rule: 'SIG001', severity: 'error', place, message: 'twice', reason: 'on purpose' },
          ],
        },
      },
    ];
    await page.route('**/api/checks/sources', (route) => route.fulfill(answers.shift()));
    await page.goto('/_signals/checks');
    const sources = page.getByRole('region', { name: 'Sources' });

    await sources.getByRole('button', { name: 'Run signals lint' }).click();
    await sources.getByText('The command is not built here yet').waitFor();
    await sources.getByRole('button', { name: 'Run signals lint' }).click();
    await sources.getByText('orders.lost is heard by nobody').waitFor();
    await sources.getByText('twice: on purpose').waitFor();

    await look(page, 'sources');
    expect(await findingsOn(page)).toEqual([]);
    await page.unrouteAll();
  });
});

describe('Jobs', () => {
  it('say when no worker has been seen for two minutes', async () => {
    const { page } = visitor;
    const client = await shop.connect();
    await client.query(`UPDATE signals.receiver SET seen_at = now() - interval '3 minutes'`);
    await page.goto('/_signals/jobs');

    await page.getByText('No worker has been seen for 2 minutes; 0 jobs wait').waitFor();
    await client.query('UPDATE signals.receiver SET seen_at = now()');
    await client.end();
    await page.getByText('No worker has been seen').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /^Delayed \d/ }).click();
    await page.getByRole('rowheader', { name: 'orders.expireUnpaid' }).first().waitFor();
    await look(page, 'delayed');
    expect(await findingsOn(page)).toEqual([]);
  });
});

describe('When the application', () => {
  it('is killed and starts again, the page says so, and goes on with what comes then', async () => {
    const { page } = visitor;
    await page.goto('/_signals');
    await page.getByText('Live', { exact: true }).waitFor();
    await shop.application.kill();
    await page.getByText(/^Reconnecting… last heard/).waitFor();
    await look(page, 'reconnecting');

    await shop.application.start({ SEED_DEMO: 'false', WORKERS: 'false' });
    await page.getByText(/^Restarted at/).waitFor();
    await page.getByRole('heading', { name: /^No (requests|side effects) yet$/ }).waitFor();
    expect(await findingsOn(page)).toEqual([]);
    await look(page, 'empty');
    await page.getByRole('button', { name: 'Register a demo user' }).click();

    await page.locator('.trace-row', { hasText: 'POST /api/v1/accounts' }).waitFor();
    await page
      .getByRole('listitem')
      .filter({ hasText: /^Restarted at/ })
      .waitFor();
    await look(page, 'restarted');
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.getByRole('heading', { name: 'Jobs and dead letters' }).waitFor();
  });

  it('lets a browser in by its link alone, and knows no inspector where it is off', async () => {
    const stranger = await shop.visitor();
    await stranger.page.goto('/_signals');
    await stranger.page.getByRole('heading', { name: 'Open the link that was printed' }).waitFor();
    expect(await findingsOn(stranger.page)).toEqual([]);
    await shop.application.stop();
    await shop.application.start({ NODE_ENV: 'test' });

    const answer = await stranger.page.goto('/_signals');
    await stranger.leave();

    expect(answer?.status()).toBe(404);
  });
});

/** Four hundred sends of one request, one after the other. */
function manySpans(from: number) {
  return Array.from({ length: 400 }, (_, index) => ({
    id: from + index,
    parent: 0,
    kind: 'signal',
    name: `many.${index}`,
    start: index,
    end: index + 1,
    outcome: 'ok',
  }));
}
