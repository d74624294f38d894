import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as official from '@prometheus-io/client';
import * as former from 'prom-client';
import { defineSignal, Signals } from 'nestjs-signals/core';
import { receiverChannel } from 'nestjs-signals/diagnostics';
import { atomic, onCommit, postSave } from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';
import { Scraped, type ScrapedParts } from './scraped.js';

const paid = defineSignal<{ order: string }>('orders.paid');

describe.each([
  [
    '@prometheus-io/client',
    (signals: Signals, parts?: ScrapedParts) => new Scraped(official, signals, parts),
  ],
  ['prom-client', (signals: Signals, parts?: ScrapedParts) => new Scraped(former, signals, parts)],
])('Metrics of Prometheus, made with %s,', (_client, scrape) => {
  const one = useDataSource([LogLine]);
  let scraped: ReturnType<typeof scrape>;
  const pay = () => atomic(one.dataSource, () => one.signals.send(paid, { order: 'o-1' }));

  beforeEach(() => {
    scraped = scrape(one.signals);
  });
  afterEach(() => scraped[Symbol.dispose]());

  it('count sends by signal, and how long each receiver ran', async () => {
    one.connect(paid, () => {}, { dispatchUid: 'billing.issue' });

    await pay();
    await pay();

    expect(await scraped.samples('signals_sent_total')).toContain(
      'signals_sent_total{signal="orders.paid"} 2',
    );
    expect(await scraped.samples('signals_receiver_duration_seconds')).toEqual([
      expect.stringMatching(
        /^signals_receiver_duration_seconds_sum\{receiver="billing\.issue"\} 0\.\d+$/,
      ),
      'signals_receiver_duration_seconds_count{receiver="billing.issue"} 2',
    ]);
  });

  it('count failures by what they do', async () => {
    const fail = (): never => {
      throw new Error('no');
    };
    one.connect(paid, fail, { dispatchUid: 'analytics.track', robust: true });
    one.connect(paid, fail, { dispatchUid: 'billing.issue' });

    await pay().catch(() => {});

    expect(await scraped.samples('signals_receiver_failures_total')).toEqual([
      'signals_receiver_failures_total{receiver="analytics.track",policy="isolate"} 1',
      'signals_receiver_failures_total{receiver="billing.issue",policy="abort"} 1',
    ]);
  });

  it('count what a rollback drops', async () => {
    await atomic(one.dataSource, async () => {
      onCommit(() => {});
      throw new Error('undone');
    }).catch(() => {});

    expect(await scraped.samples('signals_oncommit_dropped_total')).toContain(
      'signals_oncommit_dropped_total{reason="rolledBack"} 1',
    );
  });

  it('count writes that pass receivers by', async () => {
    one.connect(postSave, () => {}, { sender: LogLine, dispatchUid: 'audit.line' });

    await one.dataSource.manager.insert(LogLine, { text: 'by hand' });

    expect(await scraped.samples('signals_bypassing_writes_total')).toEqual([
      'signals_bypassing_writes_total{entity="LogLine"} 1',
    ]);
  });

  it('count what the inspector had to drop, also when it has ended', async () => {
    const inspector = { dropped: { traces: 0, spans: 0 } };
    using asked = scrape(new Signals(), { inspector });
    const dropped = () => asked.samples('signals_inspector_dropped_total');

    const before = await dropped();
    inspector.dropped = { traces: 2, spans: 30 };
    await dropped();
    inspector.dropped = { traces: 0, spans: 0 };

    expect(before).toEqual([
      'signals_inspector_dropped_total{kind="traces"} 0',
      'signals_inspector_dropped_total{kind="spans"} 0',
    ]);
    expect(await dropped()).toEqual([
      'signals_inspector_dropped_total{kind="traces"} 2',
      'signals_inspector_dropped_total{kind="spans"} 30',
    ]);
  });

  it('begin at 0 for all that is declared, so that the first failure is an increase', async () => {
    one.connect(paid, () => {}, { dispatchUid: 'mail.receipt', phase: 'afterCommit' });
    one.connect(paid, () => {}, { dispatchUid: 'billing.issue' });

    await scraped.start();

    expect(await scraped.samples('signals_sent_total{signal="orders.paid"}')).toEqual([
      'signals_sent_total{signal="orders.paid"} 0',
    ]);
    expect(await scraped.samples('signals_receiver_failures_total')).toEqual([
      'signals_receiver_failures_total{receiver="mail.receipt",policy="isolate"} 0',
      'signals_receiver_failures_total{receiver="billing.issue",policy="abort"} 0',
    ]);
  });

  it('are labelled by what is declared, whatever is sent', async () => {
    one.connect(paid, () => {}, { dispatchUid: 'billing.issue' });
    for (const order of ['o-1', 'o-2']) {
      await one.signals.send(paid, { order }, { sender: `customer ${order}` });
    }

    expect(await scraped.text()).not.toContain('o-1');
  });

  it('are of one application, although others share the channels', async () => {
    await new Signals().send(paid, { order: 'elsewhere' });

    expect(await scraped.samples('signals_sent_total')).toEqual([]);
  });

  it('leave the registry when the application closes, which then costs nothing again', async () => {
    scraped[Symbol.dispose]();

    expect((await scraped.text()).trim()).toBe('');
    expect(receiverChannel.start.hasSubscribers).toBe(false);
  });
});
