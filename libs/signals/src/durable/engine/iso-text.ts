/**
 * SQL for a moment as a text of ISO 8601 in UTC. What PostgreSQL makes of a timestamp by itself depends on
 * the `DateStyle` and `TimeZone` of the session, which are the application's.
 *
 * @param digits `MS`: to the millisecond, as a `Date` is; `US`: to the microsecond, as PostgreSQL has it.
 */
export function isoText(moment: string, digits: 'MS' | 'US' = 'MS'): string {
  return `to_char(${moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.${digits}"Z"')`;
}
