import { afterEach, describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { defineSignal } from 'nestjs-signals/core';
import { entryChannel, receiverChannel, traced } from 'nestjs-signals/diagnostics';
import { DEFAULT_RETENTION, Recorder, type StoreState } from 'nestjs-signals-inspector';
import { atomic, onCommit, postSave } from 'nestjs-signals/typeorm';
import { LogLine } from '../../signals/test/support/entities.js';
import { collectGarbage, heapUsed, MEGABYTE } from '../../signals/test/support/heap.js';
import { useDataSource } from '../../signals/test/support/use-data-source.js';

/** `npm run test:recorder` sets it. */
const minutes = Number(process.env.SIGNALS_RECORDER_MINUTES ?? 0);
const DURATION = Math.max(minutes * 60_000, 3_000);
const SAMPLES = 10;
/** So small that it is full after a part of the short run. */
const retention = minutes > 0 ? DEFAULT_RETENTION : { traces: 60, bytes: MEGABYTE, spans: 120 };

const placed = defineSignal<{ readonly id: number; readonly text: string }>('load.placed');
const paid = defineSignal<{ readonly id: number }>('load.paid');

interface Sample extends StoreState {
  readonly entries: number;
  readonly heap: number;
}

describe('A recorder under load', () => {
  const one = useDataSource([LogLine], { poolSize: 2 });
  let recorder: Recorder | undefined;
  afterEach(() => recorder?.[Symbol.dispose]());

  const timers = (): number =>
    process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

  /** A few short entries, one with a transaction, one that fails, and one that is too long. */
  const enter = async (index: number): Promise<void> => {
    const send = (id: number): Promise<unknown> =>
      one.signals.send(placed, { id, text: 'x'.repeat(200) });
    const work = async (): Promise<void> => {
      if (index % 50 === 1)
        for (let count = 0; count < retention.spans / 3; count += 1) await send(count);
      else if (index % 10 === 0) {
        await atomic(one.dataSource, async (manager) => {
          onCommit(() => {});
          await manager.save(Object.assign(new LogLine(), { text: 'kept' }));
        });
      } else await send(index);
      if (index % 7 === 0) throw new Error('refused');
    };
    const facts = { name: 'load' };
    const entry = { kind: 'entry', entry: 'test', id: `load-${index}`, facts } as const;
    const trace = { ...entry, application: one.signals, origin: undefined };
    await traced(entryChannel, trace, work).catch(() => {});
  };

  const load = async (recording: Recorder): Promise<readonly Sample[]> => {
    const samples: Sample[] = [];
    const start = performance.now();
    let entries = 0;
    while (samples.length < SAMPLES) {
      await enter((entries += 1));
      one.reported.length = 0;
      if (performance.now() - start < ((samples.length + 1) * DURATION) / SAMPLES) continue;
      await one.dataSource.query('TRUNCATE log_lines');
      samples.push({ ...recording.store.state, entries, heap: heapUsed() });
      if (minutes > 0) process.stderr.write(`${JSON.stringify(samples.at(-1))}\n`);
    }
    return samples;
  };

  it(
    'stays within its bounds, counts what it drops, and leaves nothing behind',
    async () => {
      one.connect(placed, ({ id }) => one.signals.send(paid, { id }), { dispatchUid: 'pay' });
      one.connect(paid, () => Promise.reject(new Error('no')), { dispatchUid: 'f', robust: true });
      one.connect(postSave, () => {}, { dispatchUid: 'audit', sender: LogLine });
      recorder = new Recorder({ application: one.signals, retention });
      const kept = new WeakRef(recorder.store);

      const samples = await load(recorder);
      recorder[Symbol.dispose]();
      recorder = undefined;

      const { traces, bytes } = retention;
      for (const sample of samples) {
        expect(sample.kept).toBeLessThanOrEqual(traces);
        expect(sample.bytes).toBeLessThanOrEqual(bytes);
      }
      const last = samples.at(-1);
      expect(last?.dropped).toBe((last?.entries ?? 0) - (last?.kept ?? 0));
      expect(last?.droppedSpans).toBeGreaterThan(0);
      const half = samples.slice(SAMPLES / 2).map(({ heap }) => heap);
      expect((half.at(-1) ?? 0) - (half[0] ?? 0)).toBeLessThan(8 * MEGABYTE);

      await setImmediate();
      collectGarbage();
      expect(kept.deref()).toBeUndefined();
      expect(receiverChannel.hasSubscribers || entryChannel.hasSubscribers).toBe(false);
    },
    DURATION + 120_000,
  );

  it('sets no timer', async () => {
    const before = timers();
    recorder = new Recorder({ application: one.signals, retention });

    // None of these asks the database, whose pool has timers of its own.
    for (let index = 2; index < 1_000; index += 10) await enter(index);

    expect(timers()).toBeLessThanOrEqual(before);
  });
});
