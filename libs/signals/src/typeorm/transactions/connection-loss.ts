/** What PostgreSQL calls an error: five characters, a digit among them, unlike `EPIPE`. */
const SQL_STATE = /^(?=.*[0-9])[0-9A-Z]{5}$/;

/** SQLSTATE classes 08 (connection) and 57P (operator intervention). */
const LOST = /^(?:08|57P)/;

/** Whether an error leaves open what became of the statement: the server did not answer, or has gone. */
export function isConnectionLoss(error: unknown): boolean {
  const { code } = new Object(error) as { readonly code?: unknown };
  return typeof code !== 'string' || !SQL_STATE.test(code) || LOST.test(code);
}
