import { describeRatios } from './support/ratios.mjs';
import { withShop } from './support/with-shop.mjs';

/** Pays orders of the reference application, with the inspector's recorder on and off in turns. */
const CLIENTS = 4;
const ORDERS = 12;
const ROUNDS = 61;
/** Both ways through the code are to be compiled before they are compared. */
const WARMING_ROUNDS = 15;
const CONTENDERS = [
  'off',
  'somebody listens and does nothing',
  'on',
  'on, with the line of each send',
];

await withShop(measure);

async function measure(shop) {
  await shop.register();
  for (let round = 0; round < WARMING_ROUNDS; round += 1) {
    for (const contender of CONTENDERS) await turn(shop, contender);
  }
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const taken = {};
    for (let at = 0; at < CONTENDERS.length; at += 1) {
      const contender = CONTENDERS[(at + round) % CONTENDERS.length];
      taken[contender] = await turn(shop, contender);
    }
    rounds.push(taken);
  }
  console.log(
    `\npaying, ${CLIENTS} clients, ${ROUNDS} rounds of ${ORDERS} payments, of ` +
      `${rounds[0].on.spans.toFixed(0)} spans each`,
  );
  tell('the time of a payment', (taken) => taken.elapsed, rounds);
  tell('the processor time of the application', (taken) => taken.usage, rounds);
}

/** Pays orders that were placed before the clock runs. */
async function turn(shop, asked) {
  await shop.ask(asked);
  const orders = await Promise.all(Array.from({ length: ORDERS }, () => shop.place()));
  const before = { at: performance.now(), usage: await shop.ask('usage') };
  const spansBefore = await shop.ask('spans');
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let order = orders.pop(); order; order = orders.pop()) await shop.pay(order);
    }),
  );
  const usage = (await shop.ask('usage')) - before.usage;
  const elapsed = performance.now() - before.at;
  const spans = ((await shop.ask('spans')) - spansBefore) / ORDERS;
  return { usage: usage / ORDERS / 1_000, elapsed: elapsed / ORDERS, spans };
}

/** Compares within each round, so that what else the machine does hits all alike. */
function tell(what, figureOf, rounds) {
  console.log(`  ${what}`);
  for (const contender of CONTENDERS) {
    const ratios = rounds.map((round) => figureOf(round[contender]) / figureOf(round.off));
    const middle = median(rounds.map((round) => figureOf(round[contender]))).toFixed(2);
    console.log(`    ${contender.padEnd(34)} ${middle.padStart(8)} ms   ${describeRatios(ratios)}`);
  }
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
