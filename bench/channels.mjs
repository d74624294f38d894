import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeRatios } from './support/ratios.mjs';

/**
 * What the channels cost while nobody listens: the library as it is, and a copy of it in which every
 * question whether somebody listens is answered with no when it is compiled.
 */
const PAIRS = 400;
const SLICE = 10;
const built = new URL('../libs/signals/dist/', import.meta.url).pathname;
const stripped = new URL('../libs/signals/dist-without-channels/', import.meta.url).pathname;

await cp(built, stripped, { recursive: true });
try {
  console.log(`\n${await strip()} questions left out; the library beside the copy without them`);
  const [library, copy] = [await contendersOf(built), await contendersOf(stripped)];
  for (const name of Object.keys(library)) await compare(name, library[name], copy[name]);
} finally {
  await rm(stripped, { recursive: true });
}

async function strip() {
  let count = 0;
  const files = await readdir(stripped, { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.js'))) {
    const source = await readFile(join(stripped, file), 'utf8');
    const without = source.replaceAll(/\b\w+Channel\.hasSubscribers\b/g, () => {
      count += 1;
      return 'false';
    });
    await writeFile(join(stripped, file), without);
  }
  return count;
}

async function contendersOf(folder) {
  const { defineSignal, Signals } = await import(join(folder, 'core', 'index.js'));
  const payload = Object.freeze({ orderId: 'o-1', total: 4_200 });
  const send = (name, receivers) => {
    const signals = new Signals();
    const signal = defineSignal(name);
    for (const receiver of receivers) signals.connect(signal, receiver);
    return () => signals.send(signal, payload);
  };
  const synchronous = () => () => {};
  const asynchronous = () => async () => {};
  return {
    'send to nobody': send('bench.unheard', []),
    'send to 1 synchronous receiver': send('bench.one', [synchronous()]),
    'send to 3 asynchronous receivers': send('bench.three', [1, 2, 3].map(asynchronous)),
  };
}

/** Slices in turns, of which the first changes; each pair gives one ratio. */
async function compare(name, one, other) {
  const ratios = [];
  for (let pair = -PAIRS / 10; pair < PAIRS; pair += 1) {
    const [first, second] = pair % 2 === 0 ? [one, other] : [other, one];
    const took = [await time(first), await time(second)];
    const [ours, theirs] = pair % 2 === 0 ? took : took.toReversed();
    if (pair >= 0) ratios.push(ours / theirs); // those before warm up
  }
  console.log(`  ${name.padEnd(34)} ${describeRatios(ratios)}`);
}

/** Milliseconds of one operation. */
async function time(operation) {
  const start = performance.now();
  let operations = 0;
  let elapsed = 0;
  do {
    for (let count = 0; count < 500; count += 1) await operation();
    operations += 500;
    elapsed = performance.now() - start;
  } while (elapsed < SLICE);
  return elapsed / operations;
}
