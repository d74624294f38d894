import { placeOf, type Rule } from '../rule.js';
import { externalCallsOf } from './leaves-in-transaction.js';

export const undeclaredEffect: Rule = {
  id: 'SIG009',
  severity: 'error',
  title: 'a durable receiver calls outside, and does not say so',
  meaning:
    "A durable receiver with effect 'database' is done exactly once, because its work and its " +
    'completion commit together. A mail or a request inside it does not commit: it happens again when ' +
    'the worker dies after it.',
  fix:
    "Declare effect: 'external' and pass the idempotencyKey on. Where a repetition does harm all the same, " +
    "add onUnknownOutcome: 'dead-letter'.",
  find: ({ receivers }) =>
    receivers
      .filter(({ info }) => info.durable?.effect === 'database')
      .flatMap((receiver) =>
        externalCallsOf(receiver).map(({ call, site }) => ({
          place: placeOf(receiver),
          message:
            `${receiver.info.dispatchUid} has effect 'database' and calls ${call} at ${site.file}:` +
            `${site.line}, which no commit holds`,
        })),
      ),
};
