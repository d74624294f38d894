import { describe, expect, it } from '@jest/globals';
import { isStorableText, storableText } from 'nestjs-signals/integration';

describe('A text that PostgreSQL is to keep', () => {
  it.each([
    ['as it is', '', ''],
    ['as it is', 'text 🙂 ä', 'text 🙂 ä'],
    ['without U+0000', 'a\0b\0', 'a\uFFFDb\uFFFD'],
    ['without halves of characters', '\uD83D 🙂 \uDE42\uD83D', '\uFFFD 🙂 \uFFFD\uFFFD'],
  ])('is kept %s: %j', (_, text, kept) => {
    expect(storableText(text)).toBe(kept);
    expect(isStorableText(text)).toBe(text === kept);
  });
});
