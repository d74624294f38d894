import type { Application } from '../../application/index.js';
import { placeFrom, placeOf, type Rule } from '../rule.js';
import { externalCallsOf } from './leaves-in-transaction.js';

export const undeclaredEffect: Rule = {
  id: 'SIG009',
  severity: 'error',
  title: 'a durable receiver does not say what a repetition does',
  meaning:
    "A durable receiver with effect 'database' is done exactly once, because its work and its " +
    'completion commit together. A mail or a request inside it does not commit: it happens again when ' +
    'the worker dies after it. With an external effect the receiver has to say what to do then.',
  fix:
    "Declare effect: 'external', and onUncertain: 'repeat' where the idempotencyKey makes a repetition " +
    "harmless, else 'dead-letter'.",
  find: ({ application, receivers }) => [
    ...application.refusals
      .filter(isUndeclaredUncertainty)
      .map(({ error, location }) => ({ place: placeFrom(location), message: error.message })),
    ...receivers
      .filter(({ info }) => info.durable?.effect === 'database')
      .flatMap((receiver) =>
        externalCallsOf(receiver).map(({ call, site }) => ({
          place: placeOf(receiver),
          message:
            `${receiver.info.dispatchUid} has effect 'database' and calls ${call} at ${site.file}:` +
            `${site.line}, which no commit holds`,
        })),
      ),
  ],
};

export function isUndeclaredUncertainty({ error }: Application['refusals'][number]): boolean {
  return error.message.includes('has an external effect and has to say');
}
