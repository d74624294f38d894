import { spawnSync } from 'node:child_process';

const all = [
  'dispatch',
  'channels',
  'typeorm',
  'recorder',
  'durable',
  'paying',
  'requests',
  'first-paint',
  'inspector-page',
];
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !all.includes(name));
if (unknown) {
  console.error(`There is no measurement '${unknown}'. There are: ${all.join(', ')}.`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : all) {
  const { status } = spawnSync(
    process.execPath,
    ['--no-warnings', new URL(`${name}.mjs`, import.meta.url).pathname],
    { stdio: 'inherit' },
  );
  if (status !== 0) process.exit(status ?? 1);
}
