/** What is used of the types of node-postgres: a parser for each type of PostgreSQL. */
interface ResultTypes {
  getTypeParser(oid: number): (text: string) => unknown;
}

const parseDate = (text: string): Date => new Date(isoOf(text));
const parseElements = (text: string): readonly string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"|[^{},]+/g)].map(([whole, quoted]) =>
    quoted === undefined ? whole : quoted.replaceAll(/\\(.)/g, '$1'),
  );

const PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map<
  number,
  (text: string) => unknown
>([
  [16, (text) => text === 't'], // boolean
  [21, Number], // smallint
  [23, Number], // integer
  [26, Number], // oid
  [700, Number], // real
  [701, Number], // double precision
  [114, JSON.parse], // json
  [3802, JSON.parse], // jsonb
  [1184, parseDate], // timestamp with time zone
  [1009, parseElements], // text[]
  [2951, parseElements], // uuid[]
]);

const asText = (text: string): string => text;

/**
 * How results of the library's own statements are read: as node-postgres does it by itself, whatever
 * parsers the application has set for its own. Any other type, and bigint, is a text.
 */
export const RESULT_TYPES: ResultTypes = {
  getTypeParser: (oid) => PARSERS.get(oid) ?? asText,
};

/** Of what PostgreSQL writes, to the millisecond; other styles are left to Date. */
function isoOf(text: string): string {
  const found = /^(\S+) (\d\d:\d\d:\d\d)(\.\d{1,3})?\d*([+-]\d\d)(?::(\d\d))?$/.exec(text);
  if (!found) return text;
  const [, day, time, fraction = '', hours, minutes = '00'] = found;
  return `${day}T${time}${fraction}${hours}:${minutes}`;
}
