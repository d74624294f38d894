/** Many more trees than `npm test` runs. */
process.env.SIGNALS_MODEL_TREES ??= '200000';
process.argv.splice(2, 0, 'libs/signals/test/model');

await import('../../../../scripts/test.mjs');
