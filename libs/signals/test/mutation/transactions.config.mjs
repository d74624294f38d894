import { part } from './part.mjs';

export default part('transactions', {
  mutate: ['libs/signals/src/typeorm/*.ts'],
  specs: [
    'core/transaction-statement.spec.ts',
    'typeorm/**/*.spec.ts',
    'testing/**/*.spec.ts',
    'model/found-trees.spec.ts',
  ],
});
