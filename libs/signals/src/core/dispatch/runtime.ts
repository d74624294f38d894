import type { Application } from '../diagnostics/traces.js';
import type { ErrorSink } from '../error-sink.js';
import type { Outbox } from '../outbox/outbox.js';
import type { OutsideTransactionPolicy, TransactionSource } from '../transaction.js';
import type { WorkInFlight } from './work-in-flight.js';

/** What all deliveries of an application share. */
export interface DispatchRuntime {
  readonly application: Application;
  readonly outsideTransaction: OutsideTransactionPolicy;
  readonly onError: ErrorSink;
  /** The depth at which sends that cause each other are refused. */
  readonly deepest: number;
  readonly inFlight: WorkInFlight;
  /** Whether sends are refused until receivers are connected, delivered, or over. */
  state: 'held' | 'open' | 'closed';
  transactions: TransactionSource | undefined;
  /** Where durable deliveries are written; undefined without an integration that does it. */
  outbox: Outbox | undefined;
}
