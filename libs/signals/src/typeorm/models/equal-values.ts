import { isDeepStrictEqual } from 'node:util';
import type { EntityMetadata, ObjectLiteral } from 'typeorm';

type ColumnMetadata = EntityMetadata['columns'][number];

const NUMBERS: ReadonlySet<string> = new Set([
  'Number',
  'int',
  'int2',
  'int4',
  'int8',
  'integer',
  'smallint',
  'bigint',
  'numeric',
  'decimal',
  'real',
  'float',
  'float4',
  'float8',
  'double precision',
]);

const PADDED: ReadonlySet<string> = new Set(['char', 'character', 'bpchar']);

/**
 * Whether an instance has the value of its row in this column, in whatever spelling: `'10.00'` and 10,
 * a key of a JSON object elsewhere, bytes in another object, what a transformer takes for the same.
 */
export function hasValueOfRow(
  column: ColumnMetadata,
  instance: ObjectLiteral,
  row: ObjectLiteral,
): boolean {
  const [value, stored]: readonly unknown[] = [
    column.getEntityValue(instance),
    column.getEntityValue(row),
  ];
  if (isDeepStrictEqual(value, stored)) return true;
  if ((value ?? null) === null || (stored ?? null) === null) return false;
  // A transformer may make something else of the same value each time, as an encrypting one does;
  // so what it makes is compared where the values themselves are not equal.
  return isDeepStrictEqual(
    spelled(column, column.getEntityValue(instance, true)),
    spelled(column, column.getEntityValue(row, true)),
  );
}

function spelled(column: ColumnMetadata, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => spelled(column, item));
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value === 'object' && value !== null) return asJson(value);
  const text = String(value);
  const type = typeOf(column);
  if (NUMBERS.has(type)) return decimal(text);
  if (type === 'uuid') return uuid(text);
  return PADDED.has(type) ? text.trimEnd() : text;
}

export function typeOf({ type }: ColumnMetadata): string {
  return typeof type === 'function' ? type.name : type;
}

/** The hyphens are the reader’s, and so is the case. */
export function uuid(text: string): string {
  const digits = text.toLowerCase().replaceAll(/[^0-9a-f]/g, '');
  return digits.length === 32
    ? digits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
    : text;
}

function asJson(value: object): unknown {
  try {
    return JSON.parse(JSON.stringify(value)) as unknown;
  } catch {
    return value;
  }
}

/** One text for one number, however it is written. */
function decimal(text: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^\s*([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?\s*$/i.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  if (sign === undefined || whole + fraction === '') return text;
  if (digits === '') return '0';
  const significant = digits.replace(/0+$/, '');
  const scale = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign === '-' ? '-' : ''}${significant}e${scale}`;
}
