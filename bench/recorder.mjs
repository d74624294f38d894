import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { defineSignal, Signals } from '../libs/signals/dist/core/index.js';
import { entryChannel, traced } from '../libs/signals/dist/diagnostics/index.js';
import { Recorder } from '../libs/signals-inspector/dist/index.js';
import { compare, print, processorTime } from './support/compare.mjs';

const payload = Object.freeze({ orderId: '01a205e5-b214-7716-8d24-8937d9aa715e', total: 4200 });
const signal = defineSignal('bench.recorded');
const signals = new Signals();
for (let count = 0; count < 3; count += 1) signals.connect(signal, async () => {});
/** As many as fit into one trace, of four spans each. */
const SENDS = 499;
const send = () => signals.send(signal, payload);

/** The same send, with something listening while it is measured. */
function listening(open) {
  return async () => {
    const opened = open();
    const entry = { kind: 'entry', entry: 'bench', id: 'bench', facts: {}, application: signals };
    await traced(entryChannel, entry, async () => {
      for (let index = 0; index < SENDS; index += 1) await send();
    });
    opened[Symbol.dispose]();
  };
}

const CHANNELS = [
  'tracing:signals:send:start',
  'tracing:signals:send:asyncEnd',
  'tracing:signals:receiver:start',
  'tracing:signals:receiver:asyncEnd',
];
const ignore = () => {};

print(
  `${SENDS} sends to 3 asynchronous receivers, of 4 spans each: time of the processor`,
  await compare(
    {
      'nobody listens': listening(() => ({ [Symbol.dispose]: ignore })),
      'somebody listens and does nothing': listening(() => {
        for (const name of CHANNELS) subscribe(name, ignore);
        return {
          [Symbol.dispose]: () => CHANNELS.forEach((name) => unsubscribe(name, ignore)),
        };
      }),
      'the recorder': listening(() => new Recorder({ application: signals })),
    },
    { batch: 1, rounds: 21, clock: processorTime },
  ),
  'nobody listens',
);
