import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { defineSignal, Signals } from 'nestjs-signals/core';
import { hostOf } from 'nestjs-signals/integration';
import { entryChannel, receiverChannel, traced, type EntryTrace } from 'nestjs-signals/diagnostics';
import { atomic, onCommit, postSave } from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';
import { CollectedSpans } from '../../../../test/support/collected-spans.js';

const paid = defineSignal<{ order: string }>('orders.paid');
const receipted = defineSignal<{ order: string }>('billing.receipted');

class Order {}

describe('Spans of OpenTelemetry', () => {
  const one = useDataSource([LogLine]);
  let spans: CollectedSpans;
  const pay = () =>
    atomic(one.dataSource, () => one.signals.send(paid, { order: 'o-1' }, { sender: Order }));

  beforeEach(() => {
    spans = new CollectedSpans();
    spans.follow(one.signals);
  });
  afterEach(() => spans[Symbol.dispose]());

  it('nest as sends and receivers do, deferred ones under the send that they run for', async () => {
    one.connect(paid, async () => void (await one.signals.send(receipted, { order: 'o-1' })), {
      dispatchUid: 'billing.issue',
    });
    one.connect(receipted, () => {}, { dispatchUid: 'mail.receipt', phase: 'afterCommit' });
    one.connect(paid, () => {}, { dispatchUid: 'live.tell', phase: 'afterCommit' });

    await spans.tracer.startActiveSpan('POST /orders/:id/pay', async (request) => {
      await pay();
      request.end();
    });

    expect(spans.tree()).toEqual([
      'POST /orders/:id/pay',
      '  signal orders.paid',
      '    receiver billing.issue',
      '      signal billing.receipted',
      '        receiver mail.receipt',
      '    receiver live.tell',
    ]);
  });

  it('tell of what is in a receiver as its children, across its awaits', async () => {
    one.connect(
      paid,
      async (_order, { manager }) => {
        await manager.insert(LogLine, { text: 'o-1' });
        spans.tracer.startActiveSpan('pg.query', (query) => query.end());
      },
      { dispatchUid: 'billing.issue' },
    );

    await pay();

    expect(spans.tree().slice(0, 3)).toEqual([
      'signal orders.paid',
      '  receiver billing.issue',
      '    pg.query',
    ]);
  });

  it('leave their trace among the facts of the entry that led to them', async () => {
    const entry: EntryTrace = {
      kind: 'entry',
      application: one.signals,
      entry: 'test',
      id: 'an entry',
      facts: {},
      origin: undefined,
    };

    await traced(entryChannel, entry, pay);

    const { traceId } = spans.named('signal orders.paid').spanContext();
    expect(entry.facts).toEqual({ otelTraceId: traceId });
  });

  it('say who, where, in which transaction and with what outcome', async () => {
    one.connect(paid, () => {}, {
      dispatchUid: 'billing.issue',
      location: 'src/billing/receipts.ts:14',
      owner: 'Receipts.issue',
    });

    await pay();

    const { 'signals.transaction': transaction } = spans.attributesOf('signal orders.paid');
    expect(transaction).toEqual(expect.any(Number));
    expect(spans.attributesOf('signal orders.paid')).toEqual({
      'signals.signal': 'orders.paid',
      'signals.sender': 'Order',
      'signals.receivers': 1,
      'signals.receivers_skipped': 0,
      'signals.robust': false,
      'signals.transaction': transaction,
      'signals.savepoint_depth': 0,
      'signals.outcome': 'ok',
    });
    expect(spans.attributesOf('receiver billing.issue')).toEqual({
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
    });
    expect(spans.all.every(({ kind }) => kind === SpanKind.INTERNAL)).toBe(true);
  });

  it('name the line of the sender when they are asked to', async () => {
    using _sites = spans.follow(new Signals(), { sites: true });

    await pay();

    expect(spans.attributesOf('signal orders.paid')).toMatchObject({
      'code.file.path': expect.stringContaining('spans.spec.ts'),
      'code.line.number': expect.any(Number),
    });
  });

  it('show a failure where it happened, and what became of the send', async () => {
    const failure = new Error('no paper');
    one.connect(
      paid,
      () => {
        throw failure;
      },
      { dispatchUid: 'billing.issue' },
    );

    await expect(pay()).rejects.toBe(failure);

    expect(spans.tree()).toEqual([
      'signal orders.paid failed-aborted',
      '  receiver billing.issue failed-aborted',
    ]);
    expect(spans.named('receiver billing.issue')).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: 'no paper' },
      events: [{ name: 'exception', attributes: { 'exception.message': 'no paper' } }],
    });
    expect(spans.named('signal orders.paid')).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      events: [],
    });
  });

  it('tell a failure that harms nobody from one that does', async () => {
    one.connect(
      paid,
      () => {
        throw new Error('offline');
      },
      { dispatchUid: 'analytics.track', robust: true },
    );

    await pay();

    expect(spans.tree()).toEqual([
      'signal orders.paid',
      '  receiver analytics.track failed-isolated',
    ]);
    expect(spans.attributesOf('receiver analytics.track')).toMatchObject({
      'signals.policy': 'isolate',
      'signals.savepoint_depth': 1,
    });
    expect(spans.named('signal orders.paid').status.code).toBe(SpanStatusCode.UNSET);
  });

  it('tell of callbacks as children of what queued them, and of those that a rollback drops', async () => {
    one.connect(paid, (_order, context) => context.onCommit(() => {}), {
      dispatchUid: 'billing.issue',
    });
    one.connect(paid, () => {}, { dispatchUid: 'mail.receipt', phase: 'afterCommit' });
    one.connect(paid, () => {}, { dispatchUid: 'audit.undone', phase: 'afterRollback' });

    await atomic(one.dataSource, async () => {
      onCommit(() => {}, { label: 'clear the cache' });
      await atomic(one.dataSource, async () => {
        await one.signals.send(paid, { order: 'o-1' }, { sender: Order });
        throw new Error('undone');
      }).catch(() => {});
    });

    expect(spans.tree()).toEqual([
      'signal orders.paid',
      '  receiver billing.issue',
      '    oncommit billing.issue dropped',
      '  oncommit mail.receipt dropped',
      '  receiver audit.undone',
      'oncommit clear the cache',
    ]);
    expect(spans.attributesOf('oncommit mail.receipt')).toMatchObject({
      'signals.drop_reason': 'rolledBack',
    });
  });

  it('tell of a failed callback, which is reported as without a tracer', async () => {
    const failure = new Error('full');
    await atomic(one.dataSource, async () => {
      onCommit(
        () => {
          throw failure;
        },
        { label: 'print' },
      );
    });

    expect(spans.named('oncommit print')).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: 'full' },
    });
    expect(one.reported).toMatchObject([{ error: failure }]);
  });

  it('are one for each call of a receiver of several signals, and say which one it was for', async () => {
    const relay = hostOf(one.signals).connectToAll(() => {}, { dispatchUid: 'relay' });

    await one.signals.send(paid, { order: 'o-1' });
    await one.signals.send(receipted, { order: 'o-1' });
    relay[Symbol.dispose]();

    const relayed = spans.all.filter(({ name }) => name === 'receiver relay');
    expect(relayed.map(({ attributes }) => attributes['signals.signal'])).toEqual([
      'orders.paid',
      'billing.receipted',
    ]);
  });

  it('note on the active span what writes passed receivers by', async () => {
    one.connect(postSave, () => {}, { sender: LogLine, dispatchUid: 'audit.line' });

    await spans.tracer.startActiveSpan('import', async (active) => {
      await one.dataSource.manager.insert(LogLine, { text: 'by hand' });
      active.end();
    });

    expect(spans.named('import').events).toMatchObject([
      {
        name: 'signals.bypass',
        attributes: {
          'signals.entity': 'LogLine',
          'signals.operation': 'insert',
          'signals.receivers_missed': ['audit.line'],
        },
      },
    ]);
  });

  it('come from the application that is followed, and from no other of the process', async () => {
    const other = new Signals();
    other.connect(paid, () => {}, { dispatchUid: 'other.hear' });

    await other.send(paid, { order: 'o-2' });

    expect(spans.all).toEqual([]);
  });

  it('come no more once the application has closed, which then costs nothing again', async () => {
    spans[Symbol.dispose]();

    await pay();

    expect(spans.all).toEqual([]);
    expect(receiverChannel.start.hasSubscribers).toBe(false);
    expect(trace.getActiveSpan()).toBeUndefined();
  });
});
