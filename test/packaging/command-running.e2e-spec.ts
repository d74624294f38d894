import { changed, Signals } from 'nestjs-signals';
import { settled } from 'nestjs-signals/testing';
import { postSave } from 'nestjs-signals/typeorm';
import { Order } from '../../apps/api/src/orders/index.js';
import type { Customer, PlacedOrder } from '../support/customer.js';
import { MailServer } from '../support/mail-server.js';
import { openShop, type Shop } from '../support/shop.js';
import { PACKAGES, PATIENCE, runCommand, startCommand } from './command.js';
import { PackedLibrary, type Project } from './packed-library.js';
import { compact, steady, transcriptOf, withoutProgress } from './transcript.js';

const NOBODY = '01a205e5-b0d5-71f5-bdad-8bbcaaf3a525';

describe('The command, on an application that runs', () => {
  let library: PackedLibrary;
  let project: Project;
  let mailServer: MailServer;
  let shop: Shop;
  let customer: Customer;

  beforeAll(async () => {
    library = await PackedLibrary.make();
    project = await library.installIn('command', PACKAGES);
    mailServer = await MailServer.start();
    shop = await openShop({ NODE_ENV: 'development', SMTP_URL: mailServer.url });
    // So that no payment of one test is settled in another one.
    shop.gateway.timeoutMs = 3_600_000;
    customer = await shop.customer();
  }, PATIENCE);
  beforeEach(() => delivered());
  afterEach(async () => {
    mailServer.temper = 'takes';
    await shop.dataSource.query(`DELETE FROM signals.job WHERE name = 'dead-letters'`);
  });
  afterAll(async () => {
    await shop.close();
    await mailServer.close();
    await library.remove();
  });

  const delivered = () => settled(shop.app.get(Signals), { timeout: PATIENCE });
  const at = async (...args: readonly string[]) => [...args, '--url', await shop.app.getUrl()];

  /** What somebody sees who types these command lines. */
  async function seen(...commands: readonly (readonly string[])[]): Promise<string> {
    const transcripts: string[] = [];
    for (const command of commands) {
      const outcome = await runCommand(project, await at(...command));
      transcripts.push(transcriptOf(command, outcome));
    }
    return transcripts.join('\n\n');
  }

  /** The trace of a payment that is recorded, or that cannot be. */
  async function pay(status: 200 | 503 = 200, order?: PlacedOrder): Promise<string> {
    const answer = await customer.pay(order ?? (await customer.order())).expect(status);
    return answer.headers['x-signals-trace'] ?? '';
  }

  function failingOrder(): Disposable {
    return shop.app.get(Signals).connect(
      postSave,
      () => {
        throw new Error('The order cannot be saved.');
      },
      { sender: Order, when: changed('status'), dispatchUid: 'test.fail' },
    );
  }

  async function deadLetter(): Promise<string> {
    mailServer.temper = 'refuses for good';
    await pay();
    await delivered();
    const { out } = await runCommand(project, await at('dead', 'list', '--json'));
    return JSON.parse(out).letters[0].id;
  }

  describe('traces a payment', () => {
    it(
      'with its transactions, signals, callbacks and the delivery that they led to',
      async () => {
        const id = await pay();
        await delivered();

        expect(steady(await seen(['trace', id]))).toMatchSnapshot('output');
        expect(compact(steady(await seen(['trace', id, '--json'])))).toMatchSnapshot('JSON');
      },
      PATIENCE,
    );

    it(
      'that is rolled back, with the error and what was dropped',
      async () => {
        using _order = failingOrder();
        const id = await pay(503);

        expect(steady(await seen(['trace', id]))).toMatchSnapshot('output');
        expect(compact(steady(await seen(['trace', id, '--json'])))).toMatchSnapshot('JSON');
      },
      PATIENCE,
    );
  });

  describe('tails', () => {
    it.each([
      { how: 'in words', json: [] },
      { how: 'as JSON', json: ['--json'] },
    ])(
      'payments $how, one that is paid and one that fails',
      async ({ json }) => {
        const orders = [await customer.order(), await customer.order()];
        const args = ['tail', '--filter', '/pay', ...json];
        const tailing = startCommand(project, await at(...args, '--number', '2'));
        await tailing.tells('Follows');

        await pay(200, orders[0]);
        using _order = failingOrder();
        await pay(503, orders[1]);

        expect(withoutProgress(steady(transcriptOf(args, await tailing.outcome)))).toMatchSnapshot(
          'output',
        );
      },
      PATIENCE,
    );

    it(
      'deliveries, until it is interrupted',
      async () => {
        const order = await customer.order();
        const args = ['tail', '--filter', 'notifications.mailReceipt'];
        const tailing = startCommand(project, await at(...args));
        await tailing.tells('Follows');

        await pay(200, order);
        await tailing.says('signals trace');
        tailing.interrupt();

        expect(withoutProgress(steady(transcriptOf(args, await tailing.outcome)))).toMatchSnapshot(
          'output',
        );
      },
      PATIENCE,
    );
  });

  describe('finds dead letters', () => {
    it(
      'none',
      async () => {
        const transcript = await seen(
          ['dead', 'list'],
          ['dead', 'list', '--json'],
          ['dead', 'replay', '--all'],
          ['dead', 'replay', '--all', '--json'],
        );

        expect(steady(transcript)).toMatchSnapshot('output');
      },
      PATIENCE,
    );

    it(
      'that are listed, shown and replayed in a dry run',
      async () => {
        const id = await deadLetter();

        const transcript = await seen(
          ['dead', 'list'],
          ['dead', 'list', '--json'],
          ['dead', 'show', id],
          ['dead', 'show', id, '--json'],
          ['dead', 'replay', id, '--dry-run'],
          ['dead', 'replay', id, '--dry-run', '--json'],
        );

        expect(steady(transcript)).toMatchSnapshot('output');
      },
      PATIENCE,
    );

    it(
      'that are replayed, die again, and are delivered in the end',
      async () => {
        const first = await deadLetter();
        const replayed = await seen(['dead', 'replay', first]);
        await delivered();
        const { out } = await runCommand(project, await at('dead', 'list', '--json'));
        const second = JSON.parse(out).letters[0].id;
        const again = await seen(['dead', 'show', first], ['dead', 'show', second]);
        mailServer.temper = 'takes';
        const replayedAgain = await seen(['dead', 'replay', second, '--json']);
        await delivered();
        const done = await seen(['dead', 'show', second], ['dead', 'show', second, '--json']);

        const transcript = [replayed, again, replayedAgain, done].join('\n\n');
        expect(steady(transcript)).toMatchSnapshot('output');
      },
      PATIENCE,
    );

    it(
      'whose receiver is gone, and leaves them',
      async () => {
        const id = await deadLetter();
        await shop.dataSource.query(
          `UPDATE signals.job SET source_name = 'notifications.old' WHERE name = 'dead-letters'`,
        );

        const transcript = await seen(['dead', 'replay', id], ['dead', 'replay', id, '--json']);

        expect(steady(transcript)).toMatchSnapshot('output');
      },
      PATIENCE,
    );

    it(
      'to another receiver that is named, and refuses one that does not hear the signal',
      async () => {
        const id = await deadLetter();
        await shop.dataSource.query(
          `UPDATE signals.job SET source_name = 'notifications.old' WHERE name = 'dead-letters'`,
        );
        await shop.dataSource.query(
          `DELETE FROM signals.job WHERE name = 'notifications.mailReceipt'`,
        );

        const transcript = await seen(
          ['dead', 'replay', id, '--to', 'notifications.sendWelcome'],
          ['dead', 'replay', id, '--to', 'notifications.mailReceipt'],
        );

        expect(steady(transcript)).toMatchSnapshot('output');
      },
      PATIENCE,
    );
  });

  describe('tells whoever reads errors what to do', () => {
    it(
      'when there is no such trace or dead letter',
      async () => {
        const transcript = await seen(
          ['trace', NOBODY],
          ['trace', NOBODY, '--json'],
          ['dead', 'show', NOBODY],
          ['dead', 'show', 'x', '--json'],
          ['dead', 'replay', NOBODY],
          ['dead', 'replay', 'x'],
          ['dead', 'replay'],
        );

        expect(steady(transcript)).toMatchSnapshot('output');
      },
      PATIENCE,
    );

    it(
      'when the application does not let it in, or has no inspector there',
      async () => {
        const transcript = await seen(
          ['dead', 'list', '--header', 'authorization: Bearer wrong'],
          ['dead', 'list', '--header', 'authorization'],
        );
        const elsewhere = ['tail', '--url', `${await shop.app.getUrl()}/elsewhere`];
        const none = transcriptOf(elsewhere, await runCommand(project, elsewhere));

        expect(steady(`${transcript}\n\n${none}`)).toMatchSnapshot('output');
      },
      PATIENCE,
    );

    it.each([
      { command: ['tail'] },
      { command: ['trace', NOBODY] },
      { command: ['dead', 'list'] },
      { command: ['dead', 'replay', '--all', '--json'] },
    ])(
      'when nothing answers $command',
      async ({ command }) => {
        const args = [...command, '--url', 'http://127.0.0.1:1'];

        expect(transcriptOf(args, await runCommand(project, args))).toMatchSnapshot('output');
      },
      PATIENCE,
    );
  });
});
