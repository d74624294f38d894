import { part } from './part.mjs';

export default part('core', {
  mutate: [
    'libs/signals/src/*.ts',
    // What reads statements needs no database either.
    'libs/signals/src/typeorm/{sql-text,transaction-statement}.ts',
  ],
  specs: ['core/**/*.spec.ts'],
});
