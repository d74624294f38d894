/**
 * Throughput of contenders, each with many clients at once, taking turns of `slice` milliseconds in
 * an order that rotates.
 *
 * @param {string} title
 * @param {Record<string, (client: number) => Promise<unknown>>} contenders
 * @param {{ clients: number, reference: string, rounds?: number, slice?: number }} options
 */
export async function sideBySide(
  title,
  contenders,
  { clients, reference, rounds = 7, slice = 700 },
) {
  const entries = Object.entries(contenders);
  const samples = Object.fromEntries(entries.map(([name]) => [name, []]));
  for (const [, operation] of entries) await rate(operation, clients, slice); // warms up
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < entries.length; turn += 1) {
      const [name, operation] = entries[(turn + round) % entries.length];
      samples[name].push(await rate(operation, clients, slice));
    }
  }
  const medians = Object.entries(samples).map(([name, values]) => {
    const sorted = values.toSorted((one, other) => one - other);
    return [name, sorted[Math.floor(sorted.length / 2)]];
  });
  const base = Object.fromEntries(medians)[reference];
  console.log(`\n${title}`);
  for (const [name, median] of medians) {
    console.log(
      `  ${name.padEnd(34)} ${median.toFixed(0).padStart(8)}   ${(median / base).toFixed(2)} ×`,
    );
  }
}

/** Operations a second, of all clients together. */
async function rate(operation, clients, slice) {
  const start = performance.now();
  let operations = 0;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (performance.now() - start < slice) {
        await operation(client);
        operations += 1;
      }
    }),
  );
  return (operations * 1_000) / (performance.now() - start);
}
