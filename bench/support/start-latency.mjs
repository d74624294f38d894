import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { durableProcess, paid } from './durable-process.mjs';

const TIMES = 100;

/** Until a receiver in another process begins, on a system that has nothing else to do. */
export async function startLatency(url) {
  const child = fork(new URL('./idle-worker.mjs', import.meta.url).pathname, [url]);
  await once(child, 'message');
  const sender = await durableProcess(url, {
    schema: 'idle',
    workers: false,
    receivers: [{ dispatchUid: 'receipt' }],
  });
  const waits = [];
  for (let id = 0; id < TIMES; id += 1) {
    await setTimeout(30);
    const begun = once(child, 'message').then(() => performance.now());
    await sender.dataSource.transaction((manager) =>
      sender.signals.send(paid, { id }, { manager }),
    );
    const committed = performance.now();
    waits.push(Math.max(0, (await begun) - committed));
  }
  child.disconnect();
  await once(child, 'exit');
  await sender.stop();
  const sorted = waits.toSorted((one, other) => one - other);
  console.log(`\nfrom COMMIT to the start of a receiver in another process, ${TIMES} times`);
  console.log(
    `  p50 ${sorted[TIMES / 2].toFixed(1)} ms, p95 ${sorted[(TIMES * 95) / 100].toFixed(1)} ms, ` +
      `worst ${sorted.at(-1).toFixed(1)} ms (told through a pipe, which is part of it)`,
  );
}
