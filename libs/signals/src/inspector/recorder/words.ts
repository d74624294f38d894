const SMALL = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];

/** `one receiver`, `two receivers`, `13 receivers`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${SMALL[number] ?? number} ${number === 1 ? noun : plural}`;
}

/** `a`, `a and b`, `a, b and c`; beyond `most` only how many there are. */
export function list(names: readonly string[], noun: string, most = 3): string {
  if (names.length > most) return count(names.length, noun);
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
