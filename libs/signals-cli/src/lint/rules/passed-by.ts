import { hears, type SignalMap } from '../../model/index.js';
import type { WriteEffect } from '../../sources/index.js';
import type { Rule } from '../rule.js';

export const passedBy: Rule = {
  id: 'SIG012',
  severity: 'warning',
  title: 'a write passes the receivers of its entity by',
  meaning:
    'update(), insert(), query builders and SQL carry no instance, so they send no preSave, postSave ' +
    'and the like. A receiver names the entity as its sender and does not hear of this write. Nothing ' +
    'is said where somebody hears its bulk writes, nor of receivers of every sender.',
  fix: 'Write with save() or remove(), or hear postBulk of the entity too.',
  find: (map) =>
    (map.code?.calls ?? []).flatMap((call) => {
      if (call.kind !== 'write' || call.instances) return [];
      return entitiesOf(call, map).flatMap((entity) => {
        const missed = missedReceivers(call, entity, map);
        if (missed.length === 0) return [];
        const what = `${call.operation} of ${entity} by ${call.site.by}`;
        return [{ place: call.site, message: `${what} passes by: ${missed.join(', ')}` }];
      });
    }),
};

function missedReceivers(
  { operation, table }: WriteEffect,
  entity: string,
  map: SignalMap,
): readonly string[] {
  const ofEntity = map.receivers.filter(
    (receiver) => receiver.sender !== undefined && hears(receiver, entity, map),
  );
  const isBulkHeard = ofEntity.some(({ signal }) => /^model\.(pre|post)Bulk$/.test(signal ?? ''));
  if (isBulkHeard && table === undefined) return [];
  const signals = signalsPassedBy(operation);
  const missed = ofEntity.filter(({ signal }) => signals.test(signal ?? ''));
  return [...new Set(missed.map(({ info }) => info.dispatchUid))];
}

function signalsPassedBy(operation: string): RegExp {
  switch (operation.toLowerCase()) {
    case 'delete':
    case 'deleteall':
    case 'clear':
    case 'delete from':
      return /^model\.(pre|post)Delete$/;
    case 'softdelete':
      return /^model\.(pre|post)SoftDelete$/;
    case 'restore':
      return /^model\.(pre|post)Restore$/;
    default:
      return /^model\.(pre|post)Save$/;
  }
}

/** A statement in SQL names its table. */
function entitiesOf({ entities, table }: WriteEffect, map: SignalMap): readonly string[] {
  if (table === undefined) return entities;
  const named = map.entities.find(
    (entity) => (entity.table ?? entity.name.toLowerCase()) === table,
  );
  return named ? [named.name] : [];
}
