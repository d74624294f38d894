import type { ErrorSink } from './callbacks.js';
import type { ReceiverOptions } from './receiver.js';
import type { AnySignal, Sender } from './signal.js';
import type { Signals } from './signals.js';

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
 * Connects signals with something outside the core: a database library, an event emitter. Attached
 * when the application starts, before any receiver runs; detached when it closes.
 */
export interface SignalsIntegration {
  readonly name: string;
  /** The lifecycle signals that it sends: without it, nobody does. */
  readonly sends?: ReadonlySet<AnySignal>;
  /** The receiver of every domain signal that it connects, for listings that attach nothing. */
  readonly relay?: ReceiverOptions;
  attach(host: IntegrationHost): Disposable;
  /**
   * Called once all receivers are connected, with every sender that a receiver names: answers why
   * the pair can never be sent, or undefined.
   */
  objectionTo?(signal: AnySignal, sender: Sender): string | undefined;
  /** Whether receivers may be durable where it is attached. */
  readonly isDurable?: boolean;
  /** Called once all receivers are connected and checked; awaited before the application goes on. */
  start?(): Promise<void>;
  /** Called once every part of the application has started: begins what needs all of them. */
  work?(): Promise<void>;
  /**
   * Called when the application closes, while receivers are still connected: ends what `start` and
   * `work` began.
   *
   * @param deadline how long it may take, in milliseconds.
   */
  stop?(deadline: number): Promise<void>;
}
