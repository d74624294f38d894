import { part } from './part.mjs';

export default part('core', {
  mutate: [
    'libs/signals/src/*.ts',
    'libs/signals/src/core/**/*.ts',
    // What reads statements needs no database either.
    'libs/signals/src/typeorm/sql/sql-text.ts',
    'libs/signals/src/typeorm/transactions/transaction-statement.ts',
  ],
  specs: ['core/**/*.spec.ts'],
});
