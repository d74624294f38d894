import fc from 'fast-check';
import { domainToASCII } from 'node:url';
import { isEmailAddress } from '../apps/api/src/platform/index.js';
import { MailRefusedError, SmtpMailer } from '../apps/api/src/notifications/index.js';
import { MailServer, type Refusal } from './support/mail-server.js';

const FROM = 'The shop <shop@example.test>';
const MAIL = { to: 'ada@example.test', subject: 'Receipt', text: 'Thank you', html: 'Thank you' };

let server: MailServer;
let mailer: SmtpMailer;
beforeEach(async () => {
  server = await MailServer.start();
  mailer = new SmtpMailer(server.urlWithLogin, FROM);
});
afterEach(async () => {
  mailer.onApplicationShutdown();
  await server.close();
});

/** What somebody can mend without changing the mail, by phase of the dialogue. */
const FOR_NOW: readonly Refusal[] = [
  { phase: 'greeting', code: 421, text: 'Too many connections' },
  { phase: 'greeting', code: 554, text: 'No SMTP service here' },
  { phase: 'login', code: 454, text: '4.7.0 Temporary authentication failure' },
  { phase: 'login', code: 530, text: '5.7.0 Must issue a STARTTLS command first' },
  { phase: 'login', code: 535, text: '5.7.8 Authentication credentials invalid' },
  { phase: 'sender', code: 451, text: '4.3.0 Local error' },
  { phase: 'sender', code: 530, text: '5.7.0 Authentication required' },
  { phase: 'sender', code: 550, text: '5.1.8 Bad sender' },
  { phase: 'sender', code: 550, text: '5.7.1 Sender is not authorized' },
  { phase: 'sender', code: 552, text: 'Storage exceeded' },
  { phase: 'sender', code: 553, text: '5.7.1 Sender address rejected' },
  { phase: 'recipient', code: 450, text: '4.2.0 Greylisted' },
  { phase: 'recipient', code: 452, text: '4.2.2 Mailbox full' },
  { phase: 'recipient', code: 552, text: 'Mailbox full' },
  { phase: 'recipient', code: 552, text: '5.2.2 Mailbox full' },
  { phase: 'recipient', code: 550, text: '5.2.2 Over quota' },
  { phase: 'recipient', code: 550, text: '5.7.1 Relaying denied' },
  { phase: 'recipient', code: 550, text: '5.7.26 Unauthenticated sender' },
  { phase: 'recipient', code: 554, text: 'Transaction failed' },
  { phase: 'recipient', code: 554, text: '5.4.4 Unable to route' },
  { phase: 'recipient', code: 503, text: '5.5.1 Bad sequence of commands' },
  { phase: 'data', code: 451, text: '4.3.0 Try again later' },
  { phase: 'data', code: 452, text: '4.3.1 Insufficient storage' },
  { phase: 'data', code: 552, text: 'Storage exceeded' },
  { phase: 'data', code: 552, text: '5.2.2 Mailbox full' },
  { phase: 'data', code: 550, text: '5.7.26 This mail is unauthenticated' },
  { phase: 'data', code: 554, text: '5.3.0 The system is not capable' },
];

/** What only another mail could mend. */
const FOR_EVER: readonly Refusal[] = [
  { phase: 'recipient', code: 550, text: 'No such user' },
  { phase: 'recipient', code: 550, text: '5.1.1 No such user' },
  { phase: 'recipient', code: 551, text: 'User not local' },
  { phase: 'recipient', code: 551, text: '5.1.6 User has moved' },
  { phase: 'recipient', code: 553, text: 'Mailbox name not allowed' },
  { phase: 'recipient', code: 553, text: '5.1.3 Bad address syntax' },
  { phase: 'recipient', code: 556, text: '5.1.10 The domain takes no mail' },
  { phase: 'recipient', code: 550, text: '5.2.1 The mailbox is disabled' },
  { phase: 'data', code: 550, text: 'No such mailbox' },
  { phase: 'data', code: 550, text: '5.1.1 No such user' },
  { phase: 'data', code: 552, text: '5.3.4 Message too big' },
  { phase: 'data', code: 554, text: 'Transaction failed' },
  { phase: 'data', code: 554, text: '5.6.0 Message content rejected' },
  { phase: 'data', code: 554, text: '5.7.1 Message is spam' },
];

describe('A mail server that refuses', () => {
  it.each(FOR_NOW)('at the $phase with $code $text is asked again', async (refusal) => {
    server.refusal = refusal;

    const error = await send().catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(MailRefusedError);
    server.refusal = undefined;
    await send();
    expect(server.received).toHaveLength(1);
  });

  it.each(FOR_EVER)('at the $phase with $code $text is not asked again', async (refusal) => {
    server.refusal = refusal;

    await expect(send()).rejects.toBeInstanceOf(MailRefusedError);
    expect(server.received).toEqual([]);
  });
});

describe('A mail server that is away', () => {
  it('is asked again', async () => {
    await server.close();

    await expect(send()).rejects.not.toBeInstanceOf(MailRefusedError);
  });
});

describe('An address', () => {
  const ODD = [
    'xyz\u2028victim@example.com',
    'a\u2028b@example.com',
    'a\u00a0b@example.com',
    'a\u200bb@example.com',
    'a\u202eb@example.com',
    '"ada lovelace"@example.com',
    '"a,b@evil.example,c"@example.com',
    '"x@evil.example y"@example.com',
    'a@example.com,b@evil.example',
    'a\uff20b.com@example.com',
    '\uff41@example.com',
    'group:a@b.com;@example.com',
    'A <a@example.com>',
    '(comment)a@example.com',
    'a@ex\u00e4mple\uff0ecom',
  ];
  const FINE = [
    'ada@example.com',
    "o'neil+shop@example.com",
    '\u00e9@example.com',
    'user@ex\u00e4mple.com',
    'user@xn--exmple-cua.com',
    '\u7528\u6237@\u4f8b\u5b50.com',
    '=?utf-8?q?x?=@example.com',
  ];

  it.each(ODD)('that mailers read differently is refused: %j', (address) => {
    expect(isEmailAddress(address)).toBe(false);
  });

  it.each(FINE)('that is taken is mailed exactly as it is: %j', async (address) => {
    expect(isEmailAddress(address)).toBe(true);

    expect((await recipientsOf(address)).map(onTheWire)).toEqual([onTheWire(address)]);
  });

  it('that is taken is mailed exactly as it is, whatever its characters', async () => {
    const character = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...'abz09.+-_"@<>(),:;\\ '.split('')) },
      { weight: 1, arbitrary: fc.constantFrom(...ODD.join('').split('')) },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
    );
    const text = fc.array(character, { minLength: 1, maxLength: 8 }).map((all) => all.join(''));
    const domain = fc.constantFrom('example.com', 'ex\u00e4mple.com', 'EXAMPLE.com');
    const address = fc.tuple(text, domain).map(([local, at]) => `${local}@${at}`);
    let taken = 0;

    await fc.assert(
      fc.asyncProperty(address, async (one) => {
        if (!isEmailAddress(one)) return;
        taken += 1;
        expect((await recipientsOf(one)).map(onTheWire)).toEqual([onTheWire(one)]);
      }),
      { numRuns: 400 },
    );
    expect(taken).toBeGreaterThan(10);
  }, 60_000);

  it('that was registered before is mailed to nobody else', async () => {
    for (const address of ODD.filter((odd) => odd.lastIndexOf('@') > 0)) {
      const recipients = await recipientsOf(address).catch(() => []);

      expect(recipients.filter((to) => onTheWire(to) !== onTheWire(address))).toEqual([]);
    }
  });
});

function send(): Promise<void> {
  return mailer.send(MAIL, 'a-key');
}

async function recipientsOf(to: string): Promise<readonly string[]> {
  const before = server.received.length;
  await mailer.send({ ...MAIL, to }, 'a-key');
  return server.received.slice(before).flatMap(({ recipients }) => recipients);
}

/** A domain has several spellings that are one. */
function onTheWire(address: string): string {
  const at = address.lastIndexOf('@');
  const local = address
    .slice(0, at)
    .replace(/^"(.*)"$/, (_, quoted: string) => quoted.replaceAll(/\\(.)/g, '$1'));
  return `${local}@${domainToASCII(address.slice(at + 1))}`;
}
