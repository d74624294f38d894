import type { Application } from '../../application/index.js';
import { overlap, type MappedReceiver, type SignalMap } from '../../model/index.js';
import { placeFrom, placeOf, type Finding, type Rule } from '../rule.js';

export const connectedTwice: Rule = {
  id: 'SIG001',
  severity: 'error',
  title: 'the same receiver is connected twice',
  meaning:
    'One method hears the same send twice: two @Receiver() of one signal whose senders overlap, or a ' +
    'class and its subclass that are both provided. Or two methods have the same dispatchUid.',
  fix:
    'Keep one of the decorators, or give both a condition (when). Provide either the class or its ' +
    'subclass. Let each dispatchUid name one method.',
  find: (map) => [
    ...map.application.refusals
      .filter(isSecondConnection)
      .map(({ error, location }) => ({ place: placeFrom(location), message: error.message })),
    ...repetitions(map),
  ],
};

export function isSecondConnection({ error }: Application['refusals'][number]): boolean {
  return error.name === 'DuplicateReceiverError';
}

function repetitions(map: SignalMap): readonly Finding[] {
  return map.receivers.flatMap((receiver, at) => {
    const earlier = map.receivers.slice(0, at).find((other) => isSame(receiver, other, map));
    if (!earlier?.declaredOn || !receiver.declaredOn) return [];
    const { type, method } = receiver.declaredOn;
    const { signal, sender } = receiver.info;
    const message =
      earlier.declaredOn.type === type
        ? `${type.name}.${method} is connected twice to ${signal}(${sender})${also(earlier)}`
        : `${type.name}.${method} hears ${signal}(${sender}) as ${earlier.declaredOn.type.name} does, ` +
          'from which it inherits; both are provided';
    return [{ place: placeOf(receiver), message }];
  });
}

function isSame(one: MappedReceiver, other: MappedReceiver, map: SignalMap): boolean {
  if (!one.declaredOn || !other.declaredOn || one.signal !== other.signal) return false;
  if (one.options.when && other.options.when && one.options !== other.options) return false;
  const isOneMethod =
    one.declaredOn.type === other.declaredOn.type &&
    one.declaredOn.method === other.declaredOn.method;
  // A subclass inherits the very declaration.
  return (isOneMethod || one.options === other.options) && overlap(one, other, map);
}

function also(earlier: MappedReceiver): string {
  return earlier.info.location ? `, also at ${earlier.info.location}` : '';
}
