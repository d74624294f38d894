import type { ErrorSink } from './error-sink.js';
import type { ReceiverOptions } from './receiver.js';
import type { AnySignal, Sender } from './signal.js';
import type { Signals } from './signals.js';
import type { TransactionRunner } from './transactions.js';

/** What an integration finds where it is attached. */
export interface IntegrationHost {
  readonly signals: Signals;
  /** Told of failures that have no caller to reach. */
  readonly onError: ErrorSink;
  /**
   * An object of the surrounding application: in Nest the provider of a token.
   *
   * @throws whatever the application's container throws when it knows no such thing.
   */
  resolve(token: unknown): unknown;
}

/**
 * Connects signals with something outside the core: a database library, an event emitter.
 *
 * An integration holds options only. One object may be attached to any number of applications, one
 * after the other or at the same time; what belongs to one of them is in its
 * {@link IntegrationSession}.
 */
export interface SignalsIntegration {
  readonly name: string;
  /** The lifecycle signals that it sends: without it, nobody does. */
  readonly sends?: ReadonlySet<AnySignal>;
  /** The receiver of every domain signal that it connects, for listings that attach nothing. */
  readonly relay?: ReceiverOptions;
  /** Whether receivers may be durable where it is attached. */
  readonly isDurable?: boolean;
  /**
   * Called when an application starts, before any receiver runs. What it throws fails the start; it
   * leaves nothing behind then.
   */
  attach(host: IntegrationHost): IntegrationSession;
}

/**
 * An integration in one application, from its attachment until it is disposed. Its methods are called
 * in the order in which they are listed here, each at most once.
 */
export interface IntegrationSession extends Disposable {
  /** The data sources that it lends to the application's `Transactions`, by name. */
  readonly transactions?: Readonly<Record<string, TransactionRunner>>;
  /**
   * Called once all receivers are connected, with every sender that a receiver names: answers why
   * the pair can never be sent, or undefined.
   */
  validateSender?(signal: AnySignal, sender: Sender): string | undefined;
  /** Called once all receivers are connected and checked; awaited before the application goes on. */
  start?(): Promise<void>;
  /** Called once every part of the application has started: begins what needs all of them. */
  ready?(): Promise<void>;
  /**
   * Called when the application closes or fails to start, while receivers are still connected: ends
   * what `start` and `ready` have begun, also where one of them has failed half-way. A failure is
   * reported and stops nothing else.
   *
   * @param deadline how long it may take, in milliseconds.
   */
  stop?(deadline: number): Promise<void>;
}
