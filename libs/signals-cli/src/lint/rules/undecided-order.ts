import { flatten, overlap, type MappedReceiver, type SignalMap } from '../../model/index.js';
import { placeOf, type Finding, type Rule } from '../rule.js';

export const undecidedOrder: Rule = {
  id: 'SIG008',
  severity: 'warning',
  title: 'two receivers of one signal write the same entity in no declared order',
  meaning:
    'Receivers with the same order run in the order in which Nest lists their classes, which changes ' +
    'with the imports of modules. Where both write the same entity, the result may change with it.',
  fix: 'Give one of them an order, or let one receiver do both.',
  find: (map) =>
    map.receivers.flatMap((receiver, at) =>
      map.receivers.slice(0, at).flatMap((earlier) => conflict(earlier, receiver, map)),
    ),
};

function conflict(one: MappedReceiver, other: MappedReceiver, map: SignalMap): readonly Finding[] {
  const isSide = one.signal !== undefined && one.signal === other.signal;
  const isSame = one.info.phase === other.info.phase && one.info.order === other.info.order;
  if (!isSide || !isSame || one.info.phase === 'durable' || !overlap(one, other, map)) return [];
  const shared = writtenBy(one).filter((entity) => writtenBy(other).includes(entity));
  if (shared.length === 0) return [];
  const names = `${one.info.dispatchUid} and ${other.info.dispatchUid}`;
  const message = `${names} both write ${shared.join(' and ')} on ${one.signal}, in no declared order`;
  return [{ place: placeOf(other), message }];
}

function writtenBy(receiver: MappedReceiver): readonly string[] {
  const entities = flatten(receiver.effects()).flatMap(({ effect }) =>
    effect.kind === 'write' ? effect.entities : [],
  );
  return [...new Set(entities)];
}
