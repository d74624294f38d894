import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

// Prints the scores of the last runs, as docs/mutation-testing.md has them.
const DETECTED = new Set(['Killed', 'Timeout']);
const COUNTED = new Set([...DETECTED, 'Survived', 'NoCoverage']);

for (const part of ['core', 'transactions']) {
  const path = `.data/mutation/${part}/report.json`;
  if (!existsSync(path)) continue;
  const { files } = JSON.parse(readFileSync(path, 'utf8'));
  /** @type {{ status: string }[]} */
  const all = Object.values(files).flatMap(({ mutants }) => mutants);
  console.log(`\n| ${part} | mutants | killed | score |\n| --- | --: | --: | --: |`);
  console.log(row('all', all));
  for (const [file, { mutants }] of Object.entries(files))
    console.log(row(basename(file), mutants));
}

/** @param {string} name @param {readonly { status: string }[]} mutants */
function row(name, mutants) {
  const counted = mutants.filter(({ status }) => COUNTED.has(status)).length;
  const killed = mutants.filter(({ status }) => DETECTED.has(status)).length;
  const score = counted === 0 ? '–' : `${((100 * killed) / counted).toFixed(1)} %`;
  return `| \`${name}\` | ${counted} | ${killed} | ${score} |`;
}
