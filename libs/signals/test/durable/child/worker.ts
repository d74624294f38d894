import { once } from 'node:events';
import {
  defineSignal,
  type DurableReceiverContext,
  type DurableOptions,
} from 'nestjs-signals/core';
import { atomic, onCommit } from 'nestjs-signals/typeorm';
import { LogLine } from '../../support/entities.js';
import { DurableProcess } from '../durable-process.js';
import type { Order, WorkerSettings } from './worker-process.js';

// A worker in a process of its own. Tells of each attempt that begins; one at an order that is called
// `hang` never ends. Or else a sender that dies when it has committed, before any callback has run.

const { url, skew, lastOrder, options }: WorkerSettings = JSON.parse(process.env.WORKER ?? '{}');
if (skew) shiftClock(skew);

const paid = defineSignal<Order>('orders.paid');

const running = await DurableProcess.start(
  { url, drop: () => Promise.resolve() },
  {
    workers: lastOrder === undefined,
    connect: (signals) => {
      signals.connect(paid, receive, {
        ...(options as DurableOptions<Order>),
        phase: 'durable',
        dispatchUid: 'billing.issue',
      });
    },
  },
);
process.send?.({ ready: true });
if (lastOrder !== undefined) {
  await atomic(running.dataSource, async () => {
    onCommit(() => process.kill(process.pid, 'SIGKILL'));
    await running.signals.send(paid, { order: lastOrder });
  });
}
await once(process, 'disconnect');
await running.stop(0);

async function receive({ order }: Order, context: DurableReceiverContext): Promise<void> {
  if (options.effect !== 'external') await context.manager.insert(LogLine, { text: order });
  process.send?.({ order, attempt: context.attempt, key: context.idempotencyKey });
  if (order === 'hang') await new Promise<never>(() => {});
}

/** For everybody in this process who asks what time it is. */
function shiftClock(milliseconds: number): void {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...args: unknown[]) {
      super(...((args.length > 0 ? args : [RealDate.now() + milliseconds]) as []));
    }

    static override now(): number {
      return RealDate.now() + milliseconds;
    }
  } as DateConstructor;
}
