import { tmpdir } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeadLetter } from 'nestjs-signals-inspector';
import { DeadLetters, openShop, type Shop } from './shop.js';
import { signals, type Outcome } from './terminal.js';

const FIRST = '01a205e5-b0d5-71f5-bdad-8bbcaaf3a525';
const SECOND = '01a205e5-b0d5-71f5-bdad-8bbcaaf3a526';

describe('A running application, from the command line', () => {
  const dead = new DeadLetters();
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop(dead);
  });
  afterAll(() => shop.app.close());
  beforeEach(() => {
    dead.letters.splice(0);
    dead.letters.push(letter(FIRST, 'mail.send'), letter(SECOND, 'gone.receiver'));
  });

  const ask = (...args: string[]): Promise<Outcome> =>
    signals(tmpdir(), ...args, '--url', shop.url, '--header', 'x-staff: yes');

  /** Asks again and again, since nobody knows when the command has begun to listen. */
  async function visitUntil(done: Promise<unknown>, path: string): Promise<void> {
    const enough = new AbortController();
    void done.finally(() => enough.abort());
    while (!enough.signal.aborted) {
      const response = await fetch(`${shop.url}${path}`);
      await response.text();
    }
  }

  it('is tailed: a block for each request with effects, with a sentence in words', async () => {
    const tailing = ask('tail', '--number', '1');
    await visitUntil(tailing, '/shops/opening');
    const { code, out } = await tailing;

    expect(code).toBe(0);
    expect(out).toMatch(
      /^\d\d:\d\d:\d\d {2}GET \/shops\/opening {2}200 {2}\d+ ms\n {2}\S.*shop\.opened/,
    );
    expect(out).toMatch(
      /1 signal, 2 receivers, 0 statements, 1 failed alone {2}signals trace \S+$/,
    );
  });

  it('is tailed through filters, as JSON, one line for each', async () => {
    const tailing = ask('tail', '-n', '1', '--all', '--filter', 'status:2xx quiet', '--json');
    await visitUntil(tailing, '/shops/quiet');
    const { out } = await tailing;

    expect(JSON.parse(out)).toMatchObject({ path: '/shops/quiet', status: 200, signals: 0 });
  });

  it('shows one trace as an outline', async () => {
    const tailing = ask('tail', '-n', '1', '--filter', 'signal:opened receiver:radio.*', '--json');
    await visitUntil(tailing, '/shops/opening');
    const { id } = JSON.parse((await tailing).out);

    const { code, out } = await ask('trace', id);

    expect(code).toBe(0);
    expect(out).toMatch(
      /signal shop\.opened.*\n( {2})+receiver lights\.switchOn.*\n( {2})+receiver radio\.play/,
    );
    expect(out).toMatch(/radio\.play.* failed-isolated: No radio\./);
  });

  it('lists its dead letters, all or those that fit', async () => {
    const all = await ask('dead', 'list');
    const some = await ask('dead', 'list', '--receiver', 'mail.send', '--json');

    expect(all.out).toContain('2 dead letters. Try: signals dead show');
    expect(all.out).toContain('mail server is down');
    expect(JSON.parse(some.out).letters).toHaveLength(1);
  });

  it('shows one of them with its error', async () => {
    const { code, out } = await ask('dead', 'show', FIRST);

    expect(code).toBe(0);
    expect(out).toContain(`mail.send  ${FIRST}\n  of shop.opened`);
    expect(out).toContain('Error: mail server is down');
  });

  it('replays nothing in a dry run, and what is chosen otherwise', async () => {
    const dry = await ask('dead', 'replay', FIRST, '--dry-run');
    const keptByDryRun = dead.letters.length;
    const real = await ask('dead', 'replay', FIRST);

    expect(dry.out).toContain('1 delivery would be replayed.');
    expect(keptByDryRun).toBe(2);
    expect(real).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 delivery is replayed.'),
    });
    expect(dead.letters.map(({ id }) => id)).toEqual([SECOND]);
  });

  it('ends with 1 when a receiver no longer exists', async () => {
    const { code, out } = await ask('dead', 'replay', '--all');

    expect(code).toBe(1);
    expect(out).toContain(`${SECOND} is left: the receiver gone.receiver no longer exists.`);
  });

  it.each([
    ['no choice of what to replay', ['dead', 'replay'], 'Say which: by ids, by a filter'],
    ['two choices', ['dead', 'replay', FIRST, '--all'], 'Say which: by ids, by a filter'],
    ['a trace that is gone', ['trace', 'nothing'], 'This one is gone: Traces are kept for'],
    ['a dead letter that is none', ['dead', 'show', 'x'], 'There is no such dead letter'],
    ['an unknown filter', ['tail', '--filter', 'colour:red'], "There is no filter 'colour:'"],
    ['a header that is none', ['dead', 'list', '--header', 'staff'], "'staff' is no header"],
  ])('answers %s with 2 and what is wrong', async (_, args, message) => {
    const { code, error } = await ask(...args);

    expect(code).toBe(2);
    expect(error).toContain(message);
  });

  it('says that there is no inspector to whom it does not let in', async () => {
    const { code, error } = await signals(tmpdir(), 'dead', 'list', '--url', shop.url);

    expect(code).toBe(2);
    expect(error).toContain(`There is no inspector at ${shop.url}/_signals`);
  });

  it('says that nothing runs where nothing runs', async () => {
    const { code, error } = await signals(tmpdir(), 'tail', '--url', 'http://127.0.0.1:1');

    expect(code).toBe(2);
    expect(error).toContain('No application answers at http://127.0.0.1:1.');
  });
});

function letter(id: string, receiver: string): DeadLetter {
  return {
    id,
    receiver,
    delivery: {
      eventId: id,
      signal: 'shop.opened',
      sender: null,
      occurredAt: '2026-11-25T12:00:00.000Z',
      payload: { shop: 'corner' },
      carrier: {},
    },
    diedAt: new Date('2026-11-25T12:30:00.000Z'),
    attempts: 9,
    reason: 'mail server is down',
    error: new Error('mail server is down'),
    lineage: [],
  };
}
