import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';

const TESTS = 'libs/signals/test';
/** `Subject _name of a test_, _name of another_ (folder/file)`. */
const REFERENCES = /((?:(?!\([a-z-]+\/[a-z0-9-]+\)).)*)\(([a-z-]+\/[a-z0-9-]+)\)/g;
const NAME = /(?<![A-Za-z])_([^_]+)_(?![A-Za-z])/g;

interface Reference {
  readonly item: string;
  readonly file: string;
  readonly name: string;
}

const document = readFileSync('libs/signals/docs/conformance.md', 'utf8');
const rows = document.split('\n').filter((line) => /^\| [DP]\d/.test(line));

function referencesOf(row: string): readonly Reference[] {
  const cells = row.split(' | ');
  const item = (cells[0] ?? '').slice(2);
  return [...(cells.at(-1) ?? '').matchAll(REFERENCES)].flatMap(([, names = '', path = '']) =>
    [...names.matchAll(NAME)].map(([, name = '']) => ({
      item,
      file: `${TESTS}/${path}.spec.ts`,
      name: name.replace(/^… /, ''),
    })),
  );
}

describe('The table of what is promised', () => {
  it('has a row for every behaviour and every trap, in their order', () => {
    const items = rows.flatMap((row) => row.split(' | ')[0]?.slice(2).split(', '));

    expect(items).toEqual([
      ...Array.from({ length: 128 }, (_, index) => `D${index + 1}`),
      ...Array.from({ length: 17 }, (_, index) => `P${index + 1}`),
    ]);
  });

  it('names only tests that exist, in the file that it names', () => {
    const missing = rows.flatMap(referencesOf).filter(({ file, name }) => {
      const text = existsSync(file) ? readFileSync(file, 'utf8').replaceAll("\\'", "'") : '';
      return !text.includes(name);
    });

    expect(missing).toEqual([]);
  });
});
