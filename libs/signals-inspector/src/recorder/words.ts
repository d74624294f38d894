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

const ORDINALS = [
  'zeroth',
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
];

/** `one receiver`, `two receivers`, `13 receivers`. */
export function count(number: number, noun: string, plural = pluralOf(noun)): string {
  return `${SMALL[number] ?? number} ${number === 1 ? noun : plural}`;
}

/** `once`, `twice`, `three times`. */
export function howOften(number: number): string {
  return ['never', 'once', 'twice'][number] ?? count(number, 'time');
}

/** `second`, `tenth`, `11th`, `22nd`. */
export function ordinal(number: number): string {
  return ORDINALS[number] ?? `${number}${ending(number)}`;
}

function ending(number: number): string {
  const isTeen = Math.floor(number / 10) % 10 === 1;
  return (isTeen ? undefined : ['th', 'st', 'nd', 'rd'][number % 10]) ?? 'th';
}

/** `a`, `a and b`, `a, b and c`. */
export function enumerate(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** The names, or how many there are where they are more than three. */
export function list(names: readonly string[], noun: string): string {
  return names.length > 3 ? count(names.length, noun) : enumerate(names);
}

/** `Order` → `Orders`, `AuditEntry` → `AuditEntries`, `Address` → `Addresses`. */
export function pluralOf(noun: string): string {
  if (/[^aeiou]y$/i.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/i.test(noun) ? `${noun}es` : `${noun}s`;
}

/** `an Order`, `a User`, `an SMSMessage`, `an Hour`. */
export function withArticle(noun: string): string {
  return `${startsWithVowelSound(noun) ? 'an' : 'a'} ${noun}`;
}

/** Of a name that may be an abbreviation, which is spelled: `SMS`, but not `UPDATE`. */
function startsWithVowelSound(noun: string): boolean {
  const [abbreviation] = /^[A-Z]{2,4}(?=[A-Z][a-z]|[^A-Za-z]|$)/.exec(noun) ?? [];
  if (abbreviation) return /^[AEFHILMNORSX]/.test(abbreviation);
  if (/^(?:hour|hono|honest|heir)/i.test(noun)) return true;
  const soundsLikeYou = /^(?:eu|ewe|u(?:ni(?!n|m)|[st][aeiu]|rl|r[aeiu]))/i.test(noun);
  const soundsLikeWon = /^[Oo](?:ne|nce)(?![a-z])/.test(noun);
  return /^[aeiou]/i.test(noun) && !soundsLikeYou && !soundsLikeWon;
}
