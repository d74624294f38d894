import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { defineSignal, type Signals } from 'nestjs-signals/core';
import { atomic, onCommit } from 'nestjs-signals/typeorm';
import { CollectedSpans } from '../../../../test/support/collected-spans.js';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from '../durable/durable-process.js';
import { Collector } from '../../../../test/support/collector.js';
import { asReceived } from '../../../../test/support/otlp.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

describe('Spans that are exported to a collector', () => {
  let database: TestDatabase;
  let collector: Collector;
  let spans: CollectedSpans;
  let shop: DurableProcess;
  let worker: DurableProcess;
  let attempts: number;

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    attempts = 0;
    collector = await Collector.start();
    const exporter = new OTLPTraceExporter({
      url: `${collector.endpoint}/v1/traces`,
      timeoutMillis: 2_000,
    });
    spans = new CollectedSpans(new BatchSpanProcessor(exporter, { scheduledDelayMillis: 1 }));
    shop = await DurableProcess.start(database, { workers: false, connect });
    worker = await DurableProcess.start(database, { connect });
  });
  afterEach(async () => {
    await shop[Symbol.asyncDispose]();
    await worker[Symbol.asyncDispose]();
    await collector[Symbol.asyncDispose]();
    spans[Symbol.dispose]();
  });

  function connect(signals: Signals): void {
    spans.follow(signals);
    signals.connect(paid, () => onCommit(() => {}, { label: 'print' }), {
      dispatchUid: 'billing.issue',
      location: 'src/billing/receipts.ts:14',
      owner: 'Receipts.issue',
    });
    const track = (): never => {
      throw new Error('offline');
    };
    signals.connect(paid, track, { dispatchUid: 'analytics.track', robust: true });
    const mail = (): void => {
      attempts += 1;
      if (attempts === 1) throw new Error('busy');
    };
    signals.connect(paid, mail, { dispatchUid: 'mail.receipt', phase: 'durable', retries: 1 });
  }

  async function pay(): Promise<void> {
    await spans.tracer.startActiveSpan('POST /orders/:id/pay', async (request) => {
      await atomic(shop.dataSource, () =>
        shop.signals.send(paid, { order: 'o-1' }, { sender: 'Order' }),
      );
      request.end();
    });
  }

  async function deliver(): Promise<void> {
    await worker.settled();
    await spans.flush();
  }

  it('arrive with their kinds, parents, status and links, over a delivery and its retry', async () => {
    await pay();
    await deliver();

    expect(collector.outline()).toEqual([
      'POST /orders/:id/pay (internal)',
      '  signal orders.paid (internal)',
      '    receiver billing.issue (internal)',
      '      oncommit print (internal)',
      '    receiver analytics.track (internal, error: offline)',
      '    delivery mail.receipt enqueue (producer)',
      'delivery mail.receipt process (consumer, error: busy) → delivery mail.receipt enqueue',
      '  receiver mail.receipt (internal, error: busy)',
      'delivery mail.receipt process (consumer) → delivery mail.receipt enqueue',
      '  receiver mail.receipt (internal)',
    ]);
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(3);
  });

  it('arrive with attributes of the types that they had', async () => {
    await pay();
    await deliver();

    const attributes = Object.fromEntries(
      collector.spans.map((span) => [span.name, span.attributes]),
    );
    const transaction = expect.any(Number);
    const delivery = {
      'messaging.system': 'nestjs-signals',
      'messaging.destination.name': 'mail.receipt',
      'messaging.message.id': expect.any(String),
      'signals.signal': 'orders.paid',
      'signals.receiver': 'mail.receipt',
      'signals.event_id': expect.any(String),
    };
    expect(attributes).toEqual({
      'POST /orders/:id/pay': {},
      'signal orders.paid': {
        'signals.signal': 'orders.paid',
        'signals.sender': 'Order',
        'signals.receivers': 3,
        'signals.receivers_skipped': 0,
        'signals.robust': false,
        'signals.transaction': transaction,
        'signals.savepoint_depth': 0,
        'signals.outcome': 'ok',
      },
      'receiver billing.issue': {
        'signals.receiver': 'billing.issue',
        'signals.signal': 'orders.paid',
        'signals.phase': 'inTransaction',
        'signals.policy': 'abort',
        'signals.transaction': transaction,
        'signals.savepoint_depth': 0,
        'signals.outcome': 'ok',
        'code.file.path': 'src/billing/receipts.ts',
        'code.line.number': 14,
        'code.function.name': 'Receipts.issue',
      },
      'oncommit print': {
        'signals.label': 'print',
        'signals.transaction': transaction,
        'signals.savepoint_depth': 0,
        'signals.outcome': 'ok',
      },
      'receiver analytics.track': expect.objectContaining({
        'signals.policy': 'isolate',
        'signals.savepoint_depth': 1,
        'signals.outcome': 'failed-isolated',
      }),
      'delivery mail.receipt enqueue': {
        ...delivery,
        'messaging.operation.type': 'send',
        'signals.transaction': transaction,
        // PostgreSQL keeps a savepoint that was rolled back to.
        'signals.savepoint_depth': 1,
      },
      'delivery mail.receipt process': {
        ...delivery,
        'messaging.operation.type': 'process',
        'signals.attempt': 2,
        'signals.outcome': 'ok',
      },
      'receiver mail.receipt': expect.objectContaining({
        'signals.phase': 'durable',
        'signals.policy': 'retry',
        'signals.attempt': 2,
        'signals.outcome': 'ok',
      }),
    });
  });

  it('arrive as they were made, to the nanosecond and the stack of an error', async () => {
    await pay();
    await deliver();

    const byId = (one: { spanId: string }, other: { spanId: string }) =>
      one.spanId.localeCompare(other.spanId);
    expect(collector.spans.toSorted(byId)).toEqual(spans.all.map(asReceived).toSorted(byId));
    expect(collector.spans.flatMap(({ events }) => events)).toContainEqual({
      name: 'exception',
      attributes: expect.objectContaining({ 'exception.message': 'busy' }),
    });
  });

  it('keep nobody waiting for a collector that does not answer', async () => {
    collector.temper = 'hangs';
    await pay();
    await collector.until(({ unanswered }) => unanswered > 0);

    await pay();
    await worker.settled();
    await shop.stop();
    await worker.stop();

    expect(attempts).toBe(3);
    expect(collector).toMatchObject({ answered: 0, spans: [] });
  });
});
