import { placeFrom, type Rule } from '../rule.js';
import { isSecondConnection } from './connected-twice.js';

export const refusedDeclaration: Rule = {
  id: 'SIG000',
  severity: 'error',
  title: 'the application does not start with this declaration',
  meaning:
    'A receiver or a signal is declared in a way that the library refuses when the application ' +
    'starts: two signals of one name, a sender that is undefined, options that contradict each other.',
  fix: 'The message says what is wrong and the way out.',
  find: ({ application }) =>
    application.refusals
      .filter((refusal) => !isSecondConnection(refusal))
      .map(({ error, location }) => ({ place: placeFrom(location), message: error.message })),
};
