import { placeOf, type Rule } from '../rule.js';

export const noStableId: Rule = {
  id: 'SIG002',
  severity: 'error',
  title: 'a receiver has no dispatchUid',
  meaning:
    'Without a dispatchUid a receiver is called after its class and method. Its name in logs, tests ' +
    'and suppressions then changes with a renaming, and it is connected again where a subclass is ' +
    'provided too.',
  fix: "Name it: @Receiver(…, { dispatchUid: 'module.verb' }). Strict mode demands it at start.",
  find: ({ receivers }) =>
    receivers
      .filter(({ options }) => options.dispatchUid === undefined)
      .map((receiver) => ({
        place: placeOf(receiver),
        message: `${receiver.info.dispatchUid} has no dispatchUid`,
      })),
};
