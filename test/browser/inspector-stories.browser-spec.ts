import { MailServer } from '../support/mail-server.js';
import { findingsOn, openShop, type Visitor, type VisitedShop } from './support/index.js';
import { inspectorVisitor, look, payForSomething } from './support/inspector.js';

let mailServer: MailServer;
let shop: VisitedShop;
let visitor: Visitor;
beforeAll(async () => {
  mailServer = await MailServer.start();
  shop = await openShop({ SMTP_URL: mailServer.url });
  visitor = await inspectorVisitor(shop, { viewport: { width: 1280, height: 1100 } });
}, 60_000);
afterAll(async () => {
  await shop.close();
  await mailServer.close();
});

/** Somebody pays, and the receipt is refused; waits until the page shows its letter. */
async function dieOnce(): Promise<void> {
  const { page } = visitor;
  mailServer.temper = 'takes';
  const { length } = mailServer.received;
  await payForSomething(shop, {
    beforePaying: async () => {
      await mailServer.until(({ received }) => received.length > length); // the welcome
      mailServer.temper = 'refuses for good';
    },
  });
  await page.goto('/_signals/jobs');
  await lettersOf(page).waitFor();
}

function lettersOf(page: Visitor['page']) {
  const letters = page.getByRole('region', { name: 'Dead letters' });
  return letters.getByRole('link', { name: 'notifications.mailReceipt' });
}

describe('A receipt that the mail server refuses for good', () => {
  it('is a dead letter, is replayed from the page, and shows there what has become of it', async () => {
    const { page } = visitor;
    await dieOnce();
    await lettersOf(page).click();
    const letter = page.getByRole('region', { name: 'Dead letter', exact: true });
    await letter.getByText(/^Failed for good after 1 of [\d,]+ tries/).waitFor();
    const attempts = letter.getByRole('region', { name: 'Attempts' });
    await attempts.getByText('No such mailbox').waitFor();
    await letter.getByText('No such mailbox').first().waitFor();
    await look(page, 'dead-letter');
    const died = page.url();

    await letter.getByRole('button', { name: 'Replay…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('e-mails may be sent again').waitFor();
    expect(await findingsOn(page)).toEqual([]);
    await look(page, 'replay-dialog');
    await dialog.getByRole('button', { name: 'Replay', exact: true }).click();

    // The mail server has not changed its mind: the new delivery dies, too, and knows of its past.
    const record = page.getByRole('region', { name: 'Ended letter' });
    await record.getByRole('link', { name: 'dead again' }).click();
    await letter.getByRole('heading', { name: 'Earlier deaths' }).waitFor();
    await letter.getByText('No such mailbox').first().waitFor();
    expect(page.url()).not.toBe(died);
    await look(page, 'dead-letter-lineage');

    mailServer.temper = 'takes';
    const { length } = mailServer.received;
    await page.keyboard.press('r');
    await dialog.getByRole('button', { name: 'Replay', exact: true }).click();
    await record.getByText('done').waitFor();
    await mailServer.until(({ received }) => received.length > length);
    await look(page, 'replayed-letter');

    await record.getByRole('link', { name: 'its job' }).click();
    await page.getByRole('heading', { name: 'notifications.mailReceipt' }).first().waitFor();
    await page.goto('/_signals/jobs?state=ended');
    await page
      .getByRole('cell', { name: /^replayed/ })
      .nth(1)
      .waitFor();
    expect(await page.getByRole('cell', { name: 'done' }).count()).toBe(2);
    expect(await findingsOn(page)).toEqual([]);
    await look(page, 'replayed');
    expect(await auditedReplays()).toBe(2);
    expect(visitor.complained).toEqual([]);
  });

  it('goes to another receiver of its signal when its own no longer exists', async () => {
    const { page } = visitor;
    await dieOnce();
    const client = await shop.connect();
    await client.query(
      `UPDATE signals.job SET source_name = 'notifications.postReceipt' WHERE name = 'dead-letters'`,
    );
    await client.query(
      `DELETE FROM signals.job WHERE name = 'notifications.mailReceipt' AND state = 'failed'`,
    );
    await client.end();
    await page.goto('/_signals/jobs');
    await page.getByLabel('Select the letter to notifications.postReceipt').check();
    await page.getByRole('button', { name: 'Replay 1…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The receiver notifications.postReceipt no longer exists').waitFor();
    const replay = dialog.getByRole('button', { name: 'Replay', exact: true });
    expect(await replay.isDisabled()).toBe(true);
    await look(page, 'replay-homeless');

    mailServer.temper = 'takes';
    await dialog.getByRole('combobox').selectOption('notifications.mailReceipt');
    expect(await findingsOn(page)).toEqual([]);
    await replay.click();

    const record = page.getByRole('region', { name: 'Ended letter' });
    await record.getByText('to notifications.mailReceipt').waitFor();
    await record.getByText('done').waitFor();
    expect(visitor.complained).toEqual([]);
  });

  it('is given up for good when it is discarded, after a question', async () => {
    const { page } = visitor;
    await dieOnce();
    await page.getByLabel('Select the letter to notifications.mailReceipt').check();
    await page.getByRole('button', { name: 'Discard 1…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('will never be done').waitFor();
    await look(page, 'discard-dialog');
    expect(await findingsOn(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Discard', exact: true }).click();

    const record = page.getByRole('region', { name: 'Ended letter' });
    await record.getByText(/^Discarded at/).waitFor();
    await look(page, 'discarded');
    expect(visitor.complained).toEqual([]);
  });

  async function auditedReplays(): Promise<number> {
    const client = await shop.connect();
    const { rowCount } = await client.query(`SELECT FROM audit_entries WHERE action = 'replayed'`);
    await client.end();
    return rowCount ?? 0;
  }
});

const CLOSE_THE_LEDGER = `
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the ledger is closed'; END $$;
  CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON orders
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'paid') EXECUTE FUNCTION refuse()`;

describe('A payment whose COMMIT fails after its signals were sent', () => {
  it('shows which transaction was rolled back, what that dropped, and why', async () => {
    const { page } = visitor;
    const client = await shop.connect();
    await client.query(CLOSE_THE_LEDGER);
    const payment = await payForSomething(shop);
    await client.query('DROP FUNCTION refuse CASCADE');
    await client.end();

    await page.goto(`/_signals/t/${payment}`);
    const sentence = page.locator('.sentence');
    await sentence.waitFor();
    expect(await sentence.textContent()).toMatch(
      /one transaction was rolled back, which dropped .*billing\.issueReceipt/,
    );
    await page
      .getByRole('row', { name: /^transaction|^tx .*rolled back/ })
      .first()
      .waitFor();
    await page.getByRole('row', { name: /durable billing\.issueReceipt, dropped/ }).click();
    const details = page.getByRole('region', { name: 'Details' });
    await details.getByText('was rolled back, so it never ran').waitFor();
    await look(page, 'rolled-back');
    expect(await findingsOn(page)).toEqual([]);

    await page.goto('/_signals?q=tx:rolledback');
    await page.locator('.trace-row').getByText('rolled back').waitFor();
    expect(await page.locator('.trace-row').count()).toBe(1);
    expect(visitor.complained).toEqual([]);
  });
});
