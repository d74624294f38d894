/** Thrown in place of a PREPARE TRANSACTION that would lose callbacks; the statement is not sent. */
export class PreparedTransactionError extends Error {
  override readonly name = 'PreparedTransactionError';

  constructor(waiting: number) {
    super(
      'PREPARE TRANSACTION leaves it to a later session whether this transaction commits, so its ' +
        `callbacks (${waiting}) could neither be run nor be dropped. Register none, or let durable ` +
        'receivers do that work: their deliveries are part of the transaction.',
    );
  }
}
