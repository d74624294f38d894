import { defineSignal } from 'nestjs-signals/core';
import { DurableProcess } from '../durable/durable-process.js';
import { CRASHING } from './crashing.js';
import { relayToNats } from './nats-broker.js';
import { relayToRedis } from './redis-broker.js';

const RELAYS = new Map([
  ['redis', relayToRedis],
  ['nats', relayToNats],
]);

process.once('disconnect', () => process.exit());

/** A worker that says when the broker has a message, and never completes the delivery. */
const [, , url = '', protocol = '', address = ''] = process.argv;
const relay = await RELAYS.get(protocol)?.(address);
if (!relay) throw new Error(`There is no relay to ${protocol}.`);

await DurableProcess.start(
  { url, drop: () => Promise.resolve() },
  {
    connect: (signals) =>
      signals.connect(
        defineSignal<{ readonly order: string }>(CRASHING.signal),
        async (payload, context) => {
          await relay(payload, context);
          process.send?.('published');
          await new Promise(() => {});
        },
        CRASHING.receiver,
      ),
  },
);
