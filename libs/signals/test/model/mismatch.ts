import type { Step } from './step.js';
import { textOf } from './tree-text.js';

/** A tree that did something else than the model says. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';

  constructor(tree: readonly Step[], expected: readonly string[], actual: readonly string[]) {
    const lines = difference(expected, actual).map((line) => `  ${line}\n`);
    super(`${textOf(tree)}\n  - the model says\n  + the library does\n\n${lines.join('')}`);
    this.stack = this.message;
  }
}

/** What both have in common, in order, and between it what only one of them has. */
function difference(expected: readonly string[], actual: readonly string[]): string[] {
  const lines: string[] = [];
  let [i, j] = [0, 0];
  const end: [number, number] = [expected.length, actual.length];
  for (const [nextI, nextJ] of [...common(expected, actual), end]) {
    lines.push(...expected.slice(i, nextI).map((line) => `- ${line}`));
    lines.push(...actual.slice(j, nextJ).map((line) => `+ ${line}`));
    lines.push(...expected.slice(nextI, nextI + 1).map((line) => `  ${line}`));
    [i, j] = [nextI + 1, nextJ + 1];
  }
  return lines;
}

/** The positions of a longest common subsequence. */
function common(left: readonly string[], right: readonly string[]): [number, number][] {
  const best: number[][] = Array.from({ length: left.length + 1 }, () => []);
  const at = (i: number, j: number) => best[i]?.[j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const row = best[i] ?? [];
      row[j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    if (left[i] === right[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}
