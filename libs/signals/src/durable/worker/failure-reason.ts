/**
 * The reason of a failure that a column keeps, in one line. The engine keeps an error with its fields, and
 * wraps what is none.
 */
export function reasonIn(column: string): string {
  return `split_part(CASE
    WHEN jsonb_typeof(${column}->'message') = 'string' THEN ${column}->>'message'
    WHEN jsonb_typeof(${column}#>'{value,message}') = 'string' THEN ${column}#>>'{value,message}'
    ELSE coalesce(${column}->>'value', 'unknown') END, E'\\n', 1)`;
}
