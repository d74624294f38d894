import { isInTransaction } from '../../model/index.js';
import { placeOf, type Rule } from '../rule.js';

export const undecidedFailure: Rule = {
  id: 'SIG006',
  severity: 'error',
  title: 'a receiver of every entity does not say what its failure does',
  meaning:
    'A receiver in the transaction that hears a model signal of every sender can undo every write of ' +
    'the application. Whether it should is worth a word of its own; elsewhere the default, that a ' +
    'failure undoes the transaction, stands.',
  fix:
    'State robust: false where what it does belongs to the write, such as an audit that must be ' +
    'complete, or robust: true where the write is worth more.',
  find: ({ receivers }) =>
    receivers
      .filter(
        (receiver) =>
          isInTransaction(receiver.info) &&
          receiver.signal?.startsWith('model.') &&
          receiver.sender === undefined &&
          receiver.options.robust === undefined,
      )
      .map((receiver) => ({
        place: placeOf(receiver),
        message:
          `${receiver.info.dispatchUid} can undo every write by ${receiver.info.signal} and does not ` +
          'say whether it should: state robust',
      })),
};
