import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SpanKind, trace } from '@opentelemetry/api';
import { defineSignal, type Signals } from 'nestjs-signals/core';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from '../durable/durable-process.js';
import { CollectedSpans } from '../../../../test/support/collected-spans.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

describe('Spans of a delivery', () => {
  let database: TestDatabase;
  let spans: CollectedSpans;
  let active: (string | undefined)[];

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  afterEach(() => spans[Symbol.dispose]());

  /** A process that only sends, and one that only receives; `receive` is the durable receiver. */
  async function startBoth(receive: () => unknown): Promise<AsyncDisposable & { pay(): unknown }> {
    spans = new CollectedSpans();
    active = [];
    const connect = (signals: Signals) => {
      spans.follow(signals);
      signals.connect(paid, receive, {
        dispatchUid: 'mail.receipt',
        phase: 'durable',
        retries: 1,
      });
    };
    const shop = await DurableProcess.start(database, { workers: false, connect });
    const worker = await DurableProcess.start(database, { connect });
    return {
      pay: async () => {
        await spans.tracer.startActiveSpan('POST /orders/:id/pay', async (request) => {
          await atomic(shop.dataSource, () =>
            shop.signals.send(paid, { order: 'o-1' }, { sender: 'Order' }),
          );
          request.end();
        });
        await worker.settled();
      },
      [Symbol.asyncDispose]: async () => {
        await shop.stop();
        await worker.stop();
      },
    };
  }

  it('are linked, in two traces: that of the sender, and that of the process that receives', async () => {
    await using both = await startBoth(() => {
      active.push(trace.getActiveSpan()?.spanContext().traceId);
    });

    await both.pay();

    expect(spans.tree()).toEqual([
      'POST /orders/:id/pay',
      '  signal orders.paid',
      '    delivery mail.receipt enqueue',
      'delivery mail.receipt process → delivery mail.receipt enqueue',
      '  receiver mail.receipt',
    ]);
    const [enqueued, processed] = [
      spans.named('delivery mail.receipt enqueue'),
      spans.named('delivery mail.receipt process'),
    ];
    expect([enqueued.kind, processed.kind]).toEqual([SpanKind.PRODUCER, SpanKind.CONSUMER]);
    expect(processed.spanContext().traceId).not.toBe(enqueued.spanContext().traceId);
    expect(active).toEqual([processed.spanContext().traceId]);
    expect(processed.attributes).toMatchObject({
      'messaging.message.id': enqueued.attributes['messaging.message.id'],
      'signals.attempt': 1,
      'signals.receiver': 'mail.receipt',
      'signals.signal': 'orders.paid',
    });
  });

  it('are linked in each attempt', async () => {
    let attempts = 0;
    await using both = await startBoth(() => {
      attempts += 1;
      if (attempts === 1) throw new Error('busy');
    });

    await both.pay();

    expect(spans.tree().slice(3)).toEqual([
      'delivery mail.receipt process failed → delivery mail.receipt enqueue',
      '  receiver mail.receipt failed-isolated',
      'delivery mail.receipt process → delivery mail.receipt enqueue',
      '  receiver mail.receipt',
    ]);
    const runs = spans.all.filter(({ name }) => name === 'receiver mail.receipt');
    expect(runs.map(({ attributes }) => attributes['signals.attempt'])).toEqual([1, 2]);
    expect(runs[0]?.attributes['signals.policy']).toBe('retry');
  });
});
