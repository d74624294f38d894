import { part } from './part.mjs';

export default part('core', {
  // What reads statements needs no database either.
  mutate: ['libs/signals/src/*.ts', 'libs/signals/src/typeorm/transaction-statement.ts'],
  specs: ['core/**/*.spec.ts'],
});
