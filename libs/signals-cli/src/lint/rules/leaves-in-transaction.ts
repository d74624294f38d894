import { flatten, isInTransaction, type MappedReceiver } from '../../model/index.js';
import type { ExternalEffect } from '../../sources/index.js';
import { placeOf, type Rule } from '../rule.js';

const WORDS = {
  mail: 'sends mail',
  http: 'calls over the network',
  queue: 'fills a queue',
} as const;

export const leavesInTransaction: Rule = {
  id: 'SIG005',
  severity: 'error',
  title: 'mail, HTTP or a queue is reachable from a receiver in the transaction',
  meaning:
    'What leaves the process is not undone when the transaction rolls back, and holds its locks while ' +
    'it waits for an answer. The calls are followed through methods, injected classes and callbacks.',
  fix: "Use phase 'afterCommit' or 'durable', or put the call into onCommit().",
  find: ({ receivers }) =>
    receivers
      .filter(({ info }) => isInTransaction(info))
      .flatMap((receiver) =>
        externalCallsOf(receiver).map(({ channel, call, site }) => ({
          place: placeOf(receiver),
          message:
            `${receiver.info.dispatchUid} ${WORDS[channel]} inside the transaction: ${call} at ` +
            `${site.file}:${site.line}; use onCommit, or phase afterCommit or durable`,
        })),
      ),
};

/** What leaves the process while the receiver runs, once for each call. */
export function externalCallsOf(receiver: MappedReceiver): readonly ExternalEffect[] {
  const found = new Map<string, ExternalEffect>();
  for (const { effect, isDeferred } of flatten(receiver.effects())) {
    if (effect.kind !== 'external' || isDeferred) continue;
    found.set(`${effect.site.file}:${effect.site.line}`, effect);
  }
  return [...found.values()];
}
