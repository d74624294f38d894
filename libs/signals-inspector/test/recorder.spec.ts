import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal } from 'nestjs-signals/core';
import { entryChannel, sendChannel, traced, type EntryTrace } from 'nestjs-signals/diagnostics';
import { Recorder, sentenceOf, type Trace } from 'nestjs-signals-inspector';
import { atomic, onCommit, postSave } from 'nestjs-signals/typeorm';
import { author, Author, Book, LogLine } from '../../signals/test/support/entities.js';
import { useDataSource } from '../../signals/test/support/use-data-source.js';

interface Noted {
  readonly id: number;
  readonly text: string;
}

const noted = defineSignal<Noted>('recorder.noted');
const told = defineSignal<Noted>('recorder.told');

describe('A recorded entry', () => {
  const one = useDataSource([LogLine, Author, Book]);
  let recorder: Recorder;
  let entries = 0;

  beforeEach(() => {
    recorder = new Recorder({ application: one.signals });
  });
  afterEach(() => recorder[Symbol.dispose]());

  const enter = async (work: () => Promise<unknown>): Promise<Trace> => {
    const id = `entry-${(entries += 1)}`;
    const facts = { name: 'Working' };
    const entry: EntryTrace = {
      kind: 'entry',
      application: one.signals,
      entry: 'test',
      id,
      facts,
      origin: undefined,
    };
    await traced(entryChannel, entry, async () => work()).catch(() => {});
    const trace = recorder.store.get(id);
    if (!trace) throw new Error('It was not recorded.');
    return trace;
  };
  const rowsOf = ({ spans }: Trace): readonly string[] =>
    spans.map(({ kind, name, outcome }) => `${kind} ${name.split(' ')[0]} ${outcome}`);

  it('has sends, receivers and callbacks inside the transaction that they ran in', async () => {
    one.connect(noted, () => one.signals.send(told, { id: 2, text: 'b' }), {
      dispatchUid: 'first',
    });
    one.connect(told, () => {}, { dispatchUid: 'later', phase: 'afterCommit' });

    const trace = await enter(() =>
      atomic(one.dataSource, () => one.signals.send(noted, { id: 1, text: 'a' })),
    );

    expect(rowsOf(trace)).toEqual([
      'entry test ok',
      'transaction transaction ok',
      'signal recorder.noted ok',
      'receiver first ok',
      'signal recorder.told ok',
      'callback later ok',
    ]);
    expect(sentenceOf(trace)).toBe(
      'Working sent recorder.noted to one receiver inside one transaction; first sent ' +
        'recorder.told to one receiver in turn; later ran after the commit.',
    );
  });

  it('tells the failure that harms nobody from the one that undoes its caller', async () => {
    one.connect(noted, () => Promise.reject(new Error('isolated')), {
      dispatchUid: 'robust',
      robust: true,
    });
    one.connect(noted, () => Promise.reject(new Error('aborting')), { dispatchUid: 'strict' });

    const trace = await enter(() =>
      atomic(one.dataSource, () => one.signals.send(noted, { id: 1, text: 'a' })),
    );

    expect(rowsOf(trace)).toEqual([
      'entry test failed',
      'transaction transaction rolled-back',
      'signal recorder.noted failed-aborted',
      'savepoint savepoint rolled-back',
      'receiver robust failed-isolated',
      'receiver strict failed-aborted',
    ]);
    expect(sentenceOf(trace)).toMatch(
      /robust failed without affecting the caller; strict failed and so did the caller; one transaction was rolled back/,
    );
  });

  it('tells what a rollback dropped', async () => {
    one.connect(noted, () => {}, { dispatchUid: 'mail', phase: 'afterCommit' });

    const trace = await enter(() =>
      atomic(one.dataSource, async () => {
        await one.signals.send(noted, { id: 1, text: 'a' });
        onCommit(() => {}, { label: 'tell' });
        throw new Error('no');
      }),
    );

    const dropped = trace.spans.filter(({ outcome }) => outcome === 'dropped');
    expect(dropped.map(({ name, reason }) => [name, reason])).toEqual([
      ['mail', 'rolledBack'],
      ['tell', 'rolledBack'],
    ]);
    expect(sentenceOf(trace)).toContain('was rolled back, which dropped mail and tell');
  });

  it('counts writes that passed receivers by', async () => {
    one.connect(postSave, () => {}, { dispatchUid: 'hears', sender: Author });

    const trace = await enter(async () => {
      await one.dataSource.manager.save(author('Ada'));
      await one.dataSource.manager.update(Author, { name: 'Ada' }, { bio: 'x' });
    });

    expect(rowsOf(trace)).toContain('bypass update ok');
    expect(sentenceOf(trace)).toContain('an update of Author passed hears by');
  });

  it('shows ids and numbers of a payload, and of texts only how long they are', async () => {
    one.connect(noted, () => {}, { dispatchUid: 'hears' });

    const trace = await enter(() => one.signals.send(noted, { id: 7, text: 'secret' }));

    const sent = trace.spans.find(({ kind }) => kind === 'signal');
    expect(JSON.parse(JSON.stringify(sent?.input))).toEqual({
      id: 7,
      text: '(text of 6 characters)',
    });
  });

  it('keeps no more traces, spans and characters than it may, and counts the rest', async () => {
    recorder[Symbol.dispose]();
    recorder = new Recorder({ application: one.signals, retention: { traces: 5, spans: 10 } });

    for (let index = 0; index < 20; index += 1) {
      await enter(() => one.dataSource.query(`SELECT '${'x'.repeat(10_000)}'`));
    }
    const long = await enter(async () => {
      for (let index = 0; index < 30; index += 1) {
        await one.signals.send(noted, { id: index, text: '' });
      }
    });

    expect(recorder.store.state).toMatchObject({
      kept: 5,
      limit: 5,
      dropped: 16,
      droppedSpans: 21,
    });
    expect(long.spans).toHaveLength(10);
    expect(long.truncated).toBe(21);
    const [statement] =
      recorder.store
        .list()
        .at(-1)
        ?.spans.filter(({ kind }) => kind === 'sql') ?? [];
    expect(statement?.name.length).toBeLessThan(4_200);
  });

  it('is nothing to anybody once the recorder is disposed', () => {
    recorder[Symbol.dispose]();

    expect(entryChannel.hasSubscribers || sendChannel.hasSubscribers).toBe(false);
    expect(recorder.store.list()).toEqual([]);
  });
});
