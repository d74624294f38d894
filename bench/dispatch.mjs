import { EventEmitter } from 'node:events';
import { CqrsModule, EventBus } from '@nestjs/cqrs';
import Emittery from 'emittery';
import EventEmitter2Package from 'eventemitter2';
import { defineSignal, Signals } from '../libs/signals/dist/index.js';
import { compare, print } from './support/compare.mjs';

const { EventEmitter2 } = EventEmitter2Package;
const payload = { orderId: 'o-1', total: 4200 };

for (const kind of ['synchronous', 'asynchronous']) {
  for (const count of [1, 5]) {
    let sum = 0;
    const receiver = () =>
      kind === 'synchronous'
        ? ({ total }) => {
            sum += total;
          }
        : async ({ total }) => {
            sum += total;
          };
    const receivers = Array.from({ length: count }, receiver);
    const signal = defineSignal(`bench.${kind}${count}`);
    const signals = new Signals();
    for (const each of receivers) signals.connect(signal, each);
    const emitter = new EventEmitter();
    emitter.setMaxListeners(100);
    const emitter2 = new EventEmitter2({ maxListeners: 100 });
    const emittery = new Emittery();
    for (const each of receivers) {
      emitter.on('paid', each);
      emitter2.on('paid', each);
      emittery.on('paid', ({ data }) => each(data ?? payload));
    }
    print(
      `send to ${count} ${kind} receiver(s): median, min, max`,
      await compare({
        'hand-written for … await': async () => {
          for (const each of receivers) await each(payload);
        },
        'signals.send': () => signals.send(signal, null, payload),
        'EventEmitter.emit (not awaited)': () => void emitter.emit('paid', payload),
        'eventemitter2.emitAsync': () => emitter2.emitAsync('paid', payload),
        'emittery.emit': () => emittery.emit('paid', payload),
        'emittery.emitSerial': () => emittery.emitSerial('paid', payload),
      }),
      'hand-written for … await',
    );
  }
}
