import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

// Prints the scores of the last runs, as docs/mutation-testing.md has them.
const DETECTED = new Set(['Killed', 'Timeout']);
const COUNTED = new Set([...DETECTED, 'Survived', 'NoCoverage']);

/** @typedef {{ status: string, statusReason?: string }} Mutant */

for (const part of ['core', 'transactions']) {
  const path = `.data/mutation/${part}/report.json`;
  if (!existsSync(path)) continue;
  /** @type {Record<string, { mutants: Mutant[] }>} */
  const files = JSON.parse(readFileSync(path, 'utf8')).files;
  console.log(
    `\n| ${part} | mutants | killed | by time | score |\n| --- | --: | --: | --: | --: |`,
  );
  console.log(
    row(
      'all',
      Object.values(files).flatMap(({ mutants }) => mutants),
    ),
  );
  const named = Object.entries(files).map(([file, { mutants }]) => row(basename(file), mutants));
  for (const line of named.toSorted()) console.log(line);
}

/** @param {string} name @param {readonly Mutant[]} mutants */
function row(name, mutants) {
  const counted = mutants.filter(({ status }) => COUNTED.has(status)).length;
  const killed = mutants.filter(({ status }) => DETECTED.has(status)).length;
  const byTime = mutants.filter(isByTime).length;
  const score = counted === 0 ? '–' : `${((100 * killed) / counted).toFixed(1)} %`;
  return `| \`${name}\` | ${counted} | ${killed} | ${byTime} | ${score} |`;
}

/** Whether waiting for too long has killed it, which a busy machine makes of other mutants too. @param {Mutant} mutant */
function isByTime({ status, statusReason = '' }) {
  return status === 'Timeout' || (status === 'Killed' && statusReason.includes('Exceeded timeout'));
}
