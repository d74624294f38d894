import { parseArgs } from 'node:util';

const HELP = `npm run test:recorder -- [--minutes <number>]

Records for ten minutes, or for as long as is said, what npm test records for three seconds, with the usual
limits, and prints ten times what is kept, what was dropped and how large the heap is.
`;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) {
  process.stdout.write(HELP);
} else if (!(Number(values.minutes) > 0)) {
  process.stderr.write(`--minutes takes a number above 0, not '${values.minutes}'.\n`);
  process.exitCode = 2;
} else {
  process.env.SIGNALS_RECORDER_MINUTES = values.minutes;
  process.argv.splice(2, process.argv.length, 'libs/signals-inspector/test/under-load');
  await import('../../../scripts/test.mjs');
}
