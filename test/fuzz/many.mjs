/** Many more requests than `npm test` sends, each watched for how long it keeps the event loop to itself. */
process.env.FUZZ_REQUESTS ??= '20000';
process.argv.splice(2, 0, 'test/fuzz');

await import('../../scripts/test.mjs');
