// Compiled where nothing but the library is installed.
import { defineSignal, Signals, type ReceiverContext } from 'nestjs-signals/core';

const greeted = defineSignal<string>('core.greeted');
const signals = new Signals();

const connected: Disposable = signals.connect(greeted, (name, context: ReceiverContext) => {
  const manager: unknown = context.manager;
  return [name.length, manager];
});

await signals.send(greeted, 'Ada');
connected[Symbol.dispose]();
