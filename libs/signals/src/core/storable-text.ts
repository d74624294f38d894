/** Half of a pair: alone, it is no character, and UTF-8 has no place for it. */
const SURROGATE = /\p{Surrogate}/u;
const SURROGATES = /\p{Surrogate}/gu;
const NUL = '\0';
const REPLACEMENT = '\uFFFD';

/** Whether PostgreSQL gives the text back as it is. */
export function isStorableText(text: string): boolean {
  return !text.includes(NUL) && !SURROGATE.test(text);
}

/** The text with a replacement character for each that PostgreSQL does not keep. */
export function storableText(text: string): string {
  return text.replaceAll(NUL, REPLACEMENT).replace(SURROGATES, REPLACEMENT);
}
