import { part } from './part.mjs';

export default part('core', {
  mutate: ['libs/signals/src/*.ts'],
  specs: ['core/**/*.spec.ts'],
});
