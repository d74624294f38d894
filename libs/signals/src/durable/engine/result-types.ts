/** What is used of the types of node-postgres: a parser for each type of PostgreSQL. */
interface ResultTypes {
  getTypeParser(oid: number): (text: string) => unknown;
}

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
  [1009, parseElements], // text[]
  [2951, parseElements], // uuid[]
]);

const asText = (text: string): string => text;

/**
 * How results of the library's own statements are read: as node-postgres does it by itself, whatever
 * parsers the application has set for its own. Any other type is a text, as bigint is; a timestamp as
 * the session spells it, so that the library's own statements ask for a text of their choice.
 */
export const RESULT_TYPES: ResultTypes = {
  getTypeParser: (oid) => PARSERS.get(oid) ?? asText,
};
