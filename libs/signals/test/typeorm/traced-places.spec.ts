import { describe, expect, it } from '@jest/globals';
import { changed, created, defineSignal, updated } from 'nestjs-signals/core';
import {
  receiverChannel,
  sendChannel,
  traceSites,
  type BypassTrace,
  type QueryTrace,
  type ReceiverTrace,
  type SendTrace,
} from 'nestjs-signals/diagnostics';
import { atomic, postBulk, postSave } from 'nestjs-signals/typeorm';
import { author, Author, Book, LogLine } from '../support/entities.js';
import { Told } from '../support/tracing.js';
import { useDataSource } from '../support/use-data-source.js';

const noted = defineSignal<{ text: string }>('places.noted');
const payload = { text: 'x' };

describe('What traces tell of a send', () => {
  const one = useDataSource([LogLine, Author, Book]);
  const sends = () => new Told<SendTrace>('tracing:signals:send:asyncEnd', (trace) => trace);
  const runs = () => new Told<ReceiverTrace>('tracing:signals:receiver:start', (trace) => trace);

  it('names the transaction and the savepoint that sends and receivers are in', async () => {
    one.connect(noted, () => {}, { dispatchUid: 'plain' });
    one.connect(noted, () => {}, { dispatchUid: 'robust', robust: true });
    using sent = sends();
    using ran = runs();

    await one.signals.send(noted, payload);
    await atomic(one.dataSource, async () => {
      await atomic(one.dataSource, () => one.signals.send(noted, payload));
    });

    const [outside, inside] = sent.all;
    expect(outside?.place).toBeUndefined();
    expect(inside?.place).toEqual({ transaction: expect.any(Number), depth: 1 });
    expect(ran.all.map(({ place }) => place?.depth)).toEqual([undefined, undefined, 1, 2]);
    expect(ran.all[3]?.place?.transaction).toBe(inside?.place?.transaction);
  });

  it('tells which receivers did not run and why', async () => {
    one.connect(noted, () => {}, { dispatchUid: 'of-another', sender: 'Another' });
    one.connect(noted, () => {}, { dispatchUid: 'unwilling', when: () => false });
    one.connect(noted, () => {}, { dispatchUid: 'silent' });
    using sent = sends();

    await one.signals.mute({ dispatchUid: 'silent' }, () => one.signals.send(noted, payload));

    const skipped = sent.all[0]?.skipped.map(({ receiver, reason }) => [
      receiver.dispatchUid,
      reason,
    ]);
    expect(skipped).toEqual([
      ['of-another', 'sender'],
      ['silent', 'muted'],
      ['unwilling', 'condition'],
    ]);
  });

  it('tells of a signal that nobody hears', async () => {
    using sent = sends();

    await one.signals.send(noted, payload);

    expect(sent.all).toMatchObject([{ signal: noted, receivers: [], skipped: [] }]);
  });

  it('tells a failure that stops the send from one that harms nobody', async () => {
    one.connect(noted, () => Promise.reject(new Error('isolated')), { robust: true });
    one.connect(noted, () => Promise.reject(new Error('aborting')), { dispatchUid: 'aborts' });
    using failed = new Told('tracing:signals:receiver:error', (trace: ReceiverTrace) => [
      (trace as ReceiverTrace & { error: Error }).error.message,
      trace.isolated,
    ]);

    await one.signals.send(noted, payload).catch(() => {});

    expect(failed.all).toEqual([
      ['isolated', true],
      ['aborting', false],
    ]);
  });

  it('captures where a signal is sent only when somebody asks', async () => {
    one.connect(postSave, () => {}, { dispatchUid: 'hears', sender: LogLine });
    using sent = sends();

    await one.signals.send(noted, payload);
    using _sites = traceSites();
    await one.signals.send(noted, payload);
    await one.dataSource.manager.save(Object.assign(new LogLine(), { text: 'a' }));

    expect(sent.all.map(({ site }) => site)).toEqual([
      undefined,
      expect.stringMatching(/^libs\/signals\/test\/typeorm\/traced-places\.spec\.ts:\d+$/),
      expect.stringMatching(/^libs\/signals\/test\/typeorm\/traced-places\.spec\.ts:\d+$/),
    ]);
  });

  it('leaves nothing behind when listeners have gone', async () => {
    {
      using _sent = sends();
    }

    expect(sendChannel.hasSubscribers || receiverChannel.hasSubscribers).toBe(false);
  });
});

describe('What traces tell of statements', () => {
  const one = useDataSource([LogLine, Author, Book]);

  it('tells text, rows, transaction and cause of each statement', async () => {
    one.connect(noted, (_, { manager }) => manager.find(LogLine), { dispatchUid: 'reads' });
    using _runs = new Told('tracing:signals:receiver:start', () => {});
    using asked = new Told<QueryTrace>('signals:query', (trace) => trace);

    await atomic(one.dataSource, () => one.signals.send(noted, payload));

    expect(asked.all.map(({ sql }) => sql.split(/[ ;]/)[0])).toEqual(['START', 'SELECT', 'COMMIT']);
    expect(asked.all[1]).toMatchObject({
      rows: 0,
      error: undefined,
      place: { depth: 0 },
      cause: { kind: 'receiver', receiver: { dispatchUid: 'reads' } },
    });
    expect(asked.all[1]?.duration).toBeGreaterThan(0);
  });

  it('tells of a statement that fails', async () => {
    using asked = new Told<QueryTrace>('signals:query', (trace) => trace);

    await one.dataSource.query('SELECT nothing').catch(() => {});

    expect(asked.all).toMatchObject([{ error: { message: expect.stringContaining('nothing') } }]);
  });

  it('tells of bulk and raw writes that pass receivers of single instances by', async () => {
    one.connect(postSave, () => {}, { dispatchUid: 'hears', sender: Author });
    const { manager } = one.dataSource;
    using passed = new Told('signals:bypass', ({ by, operation, sender, missed }: BypassTrace) => [
      by,
      operation,
      (sender as Function).name,
      ...missed.map(({ dispatchUid }) => dispatchUid),
    ]);

    await manager.save(author('Ada'));
    await manager.update(Author, { name: 'Ada' }, { bio: 'x' });
    await manager.query(`UPDATE "authors" SET "bio" = 'y'`);
    await manager.query('SELECT 1');
    await manager.delete(Author, { name: 'nobody hears removals' });
    await manager.insert(LogLine, { text: 'nobody hears lines' });

    expect(passed.all).toEqual([
      ['bulk', 'update', 'Author', 'hears'],
      ['raw', 'update', 'Author', 'hears'],
    ]);
  });

  it('tells of no write whose receivers wait for another kind of save', async () => {
    const wanted = {
      created,
      updated,
      bio: changed('bio'),
      nameOrBio: changed('name', 'bio'),
      own: () => false,
    };
    for (const [dispatchUid, when] of Object.entries(wanted)) {
      one.connect(postSave, () => {}, { dispatchUid, sender: Author, when });
    }
    const { manager } = one.dataSource;
    using passed = new Told('signals:bypass', ({ by, operation, missed }: BypassTrace) =>
      [by, operation, ...missed.map(({ dispatchUid }) => dispatchUid)].join(' '),
    );

    await manager.insert(Author, { name: 'Ada' });
    await manager.update(Author, { name: 'Ada' }, { name: 'Ada L.' });
    await manager.update(Author, { name: 'Ada' }, { bio: () => "'x'" });
    await manager.upsert(Author, { name: 'Ada' }, ['name']);
    await manager.query(`UPDATE "authors" SET "bio" = 'z'`);
    await manager.query(`INSERT INTO "authors" ("name") VALUES ('z')`);
    await manager.query(`INSERT INTO "authors" ("name") VALUES ('z') ON CONFLICT DO NOTHING`);

    expect(passed.all).toEqual([
      'bulk insert created own',
      'bulk update updated nameOrBio own',
      'bulk update updated bio nameOrBio own',
      'bulk upsert created updated bio nameOrBio own',
      'raw update updated bio nameOrBio own',
      'raw insert created own',
      'raw insert created updated bio nameOrBio own',
    ]);
  });

  it('tells of no bulk write whose entity has a receiver of bulk writes, but of SQL text', async () => {
    one.connect(postSave, () => {}, { dispatchUid: 'hears', sender: Author });
    one.connect(postBulk, () => {}, { dispatchUid: 'hears.bulk', sender: Author });
    const { manager } = one.dataSource;
    using passed = new Told('signals:bypass', ({ by }: BypassTrace) => by);

    await manager.update(Author, { name: 'Ada' }, { bio: 'x' });
    await manager.query(`UPDATE "authors" SET "bio" = 'y'`);

    expect(passed.all).toEqual(['raw']);
  });
});
