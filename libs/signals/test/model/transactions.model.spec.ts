import { expect, it } from '@jest/globals';
import { runCampaign } from './campaign.js';
import { watchConsole } from './console.js';

const { SIGNALS_MODEL_TREES, SIGNALS_MODEL_SEED, SIGNALS_MODEL_PATH: path } = process.env;
const seed = Number(SIGNALS_MODEL_SEED ?? Date.now() % 2 ** 31);
const trees = Number(SIGNALS_MODEL_TREES ?? 4_000);
/** While one waits for its database the others use the processor. */
const lanes = path ? 1 : Math.min(3, trees);
const minutes = 5 + trees / 2_000;

watchConsole();

it(
  `Random trees of transactions do what the model says`,
  async () => {
    const started = performance.now();
    const reports = await Promise.all(
      Array.from({ length: lanes }, (_, lane) =>
        runCampaign({ trees: Math.ceil(trees / lanes), seed: seed + lane, path }),
      ),
    );

    const seconds = (performance.now() - started) / 1_000;
    const ran = reports.reduce((sum, report) => sum + report.ran, 0);
    const skipped = reports.reduce((sum, report) => sum + report.skipped, 0);
    process.stderr.write(
      `${ran} random trees in ${seconds.toFixed(0)} s, ${skipped} skipped, seed ${seed}\n`,
    );
    for (const [lane, report] of reports.entries()) {
      if (report.failure) throw failureOf(report.failure, report.ran, seed + lane);
    }
    expect(ran).toBeGreaterThan(0);
  },
  minutes * 60_000,
);

function failureOf(failure: { text: string; path: string }, ran: number, ofSeed: number): Error {
  const error = new Error(
    `Tree ${ran} of seed ${ofSeed} does something else than the model says. Shrunk, it is:\n\n` +
      `${failure.text}\nTo see it again:\n\n` +
      `SIGNALS_MODEL_SEED=${ofSeed} SIGNALS_MODEL_PATH=${failure.path} npm test -- libs/signals/test/model\n`,
  );
  error.stack = error.message;
  return error;
}
