import { EventEmitter } from 'node:events';
import { EventBus } from '@nestjs/cqrs';
import Emittery from 'emittery';
import EventEmitter2Package from 'eventemitter2';
import { defineSignal, Signals } from '../libs/signals/dist/core/index.js';
import { compare, print } from './support/compare.mjs';

const { EventEmitter2 } = EventEmitter2Package;
const payload = Object.freeze({ orderId: 'o-1', total: 4200 });
let sum = 0;

const synchronous = () => (event) => {
  sum += event.total;
};
const asynchronous = () => async (event) => {
  sum += event.total;
};

for (const [kind, make] of Object.entries({ synchronous, asynchronous })) {
  for (const count of [1, 5, 50]) {
    /** @type {((event: typeof payload) => unknown)[]} */
    const receivers = Array.from({ length: count }, make);
    print(
      `send to ${count} ${kind} receiver(s)`,
      await compare({
        'hand-written for … await': async () => {
          for (const receiver of receivers) await receiver(payload);
        },
        'signals.send': signalsWith(receivers),
        'eventemitter2.emitAsync': emitter2With(receivers),
        'emittery.emit': emitteryWith(receivers, 'emit'),
        'emittery.emitSerial': emitteryWith(receivers, 'emitSerial'),
        'EventEmitter.emit, not awaited': emitterWith(receivers),
        '@nestjs/cqrs publish, not awaited': eventBusWith(receivers),
      }),
      'hand-written for … await',
    );
  }
}

const none = defineSignal('bench.none');
const nobody = new Signals();
const nothing = async () => {};
print(
  'send to nobody',
  await compare({
    'an empty async function': nothing,
    'signals.send': () => nobody.send(none, payload),
  }),
  'an empty async function',
);

const [receiver] = [synchronous()];
print(
  'send to 1 synchronous receiver, with others registered elsewhere',
  await compare({
    'none elsewhere': signalsWith([receiver]),
    '10,000 of other signals and senders': signalsWith([receiver], (signals, signal) => {
      for (let index = 0; index < 5_000; index += 1) {
        signals.connect(signal, () => {}, { sender: `Sender${index}` });
        signals.connect(defineSignal(`bench.other${index}`), () => {});
      }
    }),
  }),
  'none elsewhere',
);

function signalsWith(receivers, more = () => {}) {
  const signals = new Signals();
  const signal = defineSignal('bench.paid');
  for (const each of receivers) signals.connect(signal, each);
  more(signals, signal);
  return () => signals.send(signal, payload);
}

function emitterWith(receivers) {
  const emitter = new EventEmitter().setMaxListeners(100);
  for (const each of receivers) emitter.on('paid', each);
  return () => void emitter.emit('paid', payload);
}

function emitter2With(receivers) {
  const emitter = new EventEmitter2({ maxListeners: 100 });
  for (const each of receivers) emitter.on('paid', each);
  return () => emitter.emitAsync('paid', payload);
}

function emitteryWith(receivers, method) {
  const emitter = new Emittery();
  for (const each of receivers) emitter.on('paid', (event) => each(event.data ?? event));
  return () => emitter[method]('paid', payload);
}

function eventBusWith(receivers) {
  class Paid {
    constructor(total) {
      this.total = total;
    }
  }
  const bus = new EventBus({}, {}, {}, {}, {});
  for (const each of receivers) bus.subscribe((event) => each(event));
  return () => void bus.publish(new Paid(payload.total));
}
