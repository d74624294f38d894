import pg from 'pg';

/** Longer than `statement_timeout`: a server that lives has answered by then. */
const PATIENCE_MS = 20_000;

/** node-postgres, with all its overloads in one. */
interface BareClient extends Omit<pg.Client, 'query'> {
  query(...query: readonly unknown[]): unknown;
}

const Client = pg.Client as unknown as new (config?: pg.ClientConfig) => BareClient;

/**
 * Gives a connection up whose answer is overdue: its other end may have gone without a word. The option
 * `query_timeout` of node-postgres leaves the connection in the pool, where the next query waits behind the last.
 */
export class ImpatientClient extends Client {
  /** How long an answer may take, in milliseconds; 0: as long as it likes. */
  patienceMs = PATIENCE_MS;

  override query(...query: readonly unknown[]): unknown {
    const answer = super.query(...query);
    if (this.patienceMs > 0 && answer instanceof Promise) {
      const timer = setTimeout(() => {
        this.connection.stream.destroy(new AnswerOverdueError(this.patienceMs));
      }, this.patienceMs).unref();
      const stop = () => clearTimeout(timer);
      answer.then(stop, stop);
    }
    return answer;
  }
}

export class AnswerOverdueError extends Error {
  override readonly name = 'AnswerOverdueError';
  readonly code = 'ETIMEDOUT';

  constructor(patienceMs: number) {
    super(`The database did not answer within ${patienceMs} ms: the connection is given up.`);
  }
}
