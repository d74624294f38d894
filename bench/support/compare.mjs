import { performance } from 'node:perf_hooks';

/**
 * Times contenders side by side: in every round each runs for about `slice` milliseconds, in an
 * order that rotates, so that whatever else the machine does hits all of them alike.
 *
 * @param {Record<string, () => unknown>} contenders each call is one operation; a promise is awaited
 * @param {{ rounds?: number, slice?: number, batch?: number, clock?: () => number }} [options] the clock answers milliseconds
 * @returns {Promise<Record<string, { median: number, min: number, max: number }>>} nanoseconds
 */
export async function compare(
  contenders,
  { rounds = 9, slice = 120, batch = 200, clock = () => performance.now() } = {},
) {
  const entries = Object.entries(contenders);
  /** @type {Record<string, number[]>} */
  const samples = Object.fromEntries(entries.map(([name]) => [name, []]));
  for (const [, operation] of entries) await time(operation, slice, batch, clock); // warms up
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < entries.length; turn += 1) {
      const [name, operation] = entries[(turn + round) % entries.length];
      samples[name].push(await time(operation, slice, batch, clock));
    }
  }
  return Object.fromEntries(
    Object.entries(samples).map(([name, values]) => {
      const sorted = values.toSorted((one, other) => one - other);
      return [
        name,
        { median: sorted[Math.floor(sorted.length / 2)], min: sorted[0], max: sorted.at(-1) },
      ];
    }),
  );
}

/** Milliseconds of the processor that this process has used, whatever else the machine does. */
export function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Nanoseconds of one operation; the clock is read once in a batch. */
async function time(operation, slice, batch, clock) {
  const start = clock();
  let operations = 0;
  let elapsed = 0;
  do {
    for (let index = 0; index < batch; index += 1) {
      const pending = operation();
      if (pending !== undefined) await pending;
    }
    operations += batch;
    elapsed = clock() - start;
  } while (elapsed < slice);
  return (elapsed * 1e6) / operations;
}

/** @param {Record<string, { median: number, min: number, max: number }>} results */
export function print(title, results, reference) {
  console.log(`\n${title}`);
  const base = results[reference].median;
  for (const [name, { median, min, max }] of Object.entries(results)) {
    const figures = [median, min, max].map((value) => value.toFixed(0).padStart(8)).join(' ');
    console.log(`  ${name.padEnd(34)} ${figures} ns   ${(median / base).toFixed(2)} ×`);
  }
}
