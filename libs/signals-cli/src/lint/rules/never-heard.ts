import { hears, type MappedReceiver, type SignalMap } from '../../model/index.js';
import { placeOf, type Finding, type Rule } from '../rule.js';

export const neverHeard: Rule = {
  id: 'SIG004',
  severity: 'warning',
  title: 'a receiver waits for what never comes',
  meaning:
    'Nobody in the sources sends the signal, or its sender is no entity, or the class of the receiver ' +
    'is provided by no module. Where a send names its signal by an expression that the sources do not ' +
    'tell, nothing is said of unsent signals.',
  fix:
    'Send the signal, name the entity, or list the class among the providers of a module. A class that ' +
    'a factory makes is seen by the running application alone: suppress it there.',
  find: (map) => [...unsent(map), ...ofNoEntity(map), ...notProvided(map)],
};

function unsent(map: SignalMap): readonly Finding[] {
  const calls = map.code?.calls ?? [];
  const isUndecided = calls.some((call) => call.kind === 'send' && call.signal === undefined);
  if (isUndecided) return [];
  return map.signals.flatMap(({ name, category, place, calls: sends, receivers }) => {
    if (category !== 'domain' || !place || sends.length > 0) return [];
    return receivers
      .filter(({ signal }) => signal !== undefined)
      .map((receiver) => ({
        place: placeOf(receiver),
        message: `${receiver.info.dispatchUid} waits for ${name}, which nothing sends`,
      }));
  });
}

function ofNoEntity(map: SignalMap): readonly Finding[] {
  if (map.entities.length === 0) return [];
  return map.receivers
    .filter((receiver) => receiver.signal?.startsWith('model.') && !isOfEntity(receiver, map))
    .map((receiver) => ({
      place: placeOf(receiver),
      message:
        `${receiver.info.dispatchUid} waits for ${receiver.info.signal} of ${receiver.info.sender}, ` +
        'which is no entity',
    }));
}

function isOfEntity(receiver: MappedReceiver, map: SignalMap): boolean {
  // By name it may be an entity schema, which no decorator describes.
  if (receiver.sender === undefined || typeof receiver.sender === 'string') return true;
  return map.entities.some(({ name }) => hears(receiver, name, map));
}

function notProvided({ code, receivers, application }: SignalMap): readonly Finding[] {
  const refused = new Set(application.refusals.map(({ owner }) => owner));
  return (code?.receivers ?? [])
    .filter(({ type, method }) => {
      const isProvided = receivers.some(
        ({ declaredOn }) => declaredOn?.method === method && isOrInherits(declaredOn.type, type),
      );
      return !isProvided && !refused.has(`${type}.${method}`);
    })
    .map(({ type, method, place }) => ({
      place,
      message: `${type}.${method} is a receiver, but no module provides ${type}`,
    }));
}

function isOrInherits(type: Function, name: string): boolean {
  for (let at: unknown = type; typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    if (at.name === name) return true;
  }
  return false;
}
