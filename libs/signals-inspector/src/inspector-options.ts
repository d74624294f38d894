import type { IncomingMessage } from 'node:http';
import type { DurableDesk } from './dead-letter-desk.js';
import type { Retention } from './recorder/trace-store.js';

/** What somebody may do: `read` sees what happened but no values, `operate` sees all and replays. */
export type Access = 'none' | 'read' | 'operate';

/** Somebody with access, and what actions are told to be done by. */
export interface Operator {
  readonly access: Access;
  readonly name: string;
}

export type AccessResolver = (
  request: IncomingMessage,
) => Access | Operator | Promise<Access | Operator>;

export interface CaughtMail {
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly receivedAt: string;
}

/** A request that has effects, for people who see the inspector for the first time. */
export interface ExampleRequest {
  /** What a button says: `Register a demo user`. */
  readonly label: string;
  readonly method: string;
  /** Of the application itself: `/api/v1/accounts`. */
  readonly path: string;
  readonly body?: unknown;
}

export interface InspectorOptions {
  /**
   * Whether there is an inspector at all; without one nothing is recorded, mounted or listened to.
   * Default: true where `environment` is `development`.
   */
  readonly enabled?: boolean;
  /**
   * Where the application runs. Only `development`, literally, is development: there the inspector is on by
   * default, prints a line for each request that led to something, and tells clients at this machine in
   * headers which trace theirs is. Default: `NODE_ENV`; where that is not set either, it is none.
   */
  readonly environment?: string;
  /** Default: `/_signals`. */
  readonly path?: string;
  /**
   * Asked for every request. Whoever has access `none` gets the application's own 404. In
   * development the default admits this machine with the link that is printed at start, unless a proxy
   * says in a header that it asks for somebody else; everywhere else an enabled inspector without it
   * refuses to start.
   */
  readonly access?: AccessResolver;
  /**
   * Names under which the application is asked, such as `admin.example.com`. Under any name but these,
   * `localhost` and IP addresses, the inspector answers 403, whoever asks: another site may have its own
   * name resolve to this machine. Ports do not matter.
   */
  readonly hosts?: readonly string[];
  /** Texts of payloads that may be shown, by their path, such as `number` or `lines.0.name`. */
  readonly visible?: readonly string[];
  /** Records the values of statements' parameters. Only in development. Default: false. */
  readonly captureParameters?: boolean;
  readonly retention?: Partial<Retention>;
  /** How handlers are called in sentences: `{ 'PaymentsController.pay': 'Paying an order' }`. */
  readonly titles?: Readonly<Record<string, string>>;
  /** Opens a file in an editor, such as `vscode://file/{path}:{line}`. */
  readonly editor?: string;
  /**
   * Where a trace of OpenTelemetry is shown, such as `http://localhost:16686/trace/{traceId}`. Linked from
   * every request in which `openTelemetrySignals()` has begun a span.
   */
  readonly tracingUi?: string;
  /** What keeps durable deliveries: the very integration, `durableSignals()`. */
  readonly durable?: DurableDesk;
  /** Offered in development where nothing is recorded yet; asked anew for each request. */
  readonly example?: () => ExampleRequest;
  /** The mails that were caught instead of delivered, the newest first. */
  readonly mails?: () => readonly CaughtMail[] | Promise<readonly CaughtMail[]>;
}

/** Thrown when an inspector is enabled where everybody could come in. */
export class InspectorAccessError extends Error {
  override readonly name = 'InspectorAccessError';

  constructor(environment: string) {
    const where = environment === '' ? 'where NODE_ENV is not set' : `in '${environment}'`;
    super(
      `The inspector is enabled ${where} without an access resolver, so nobody would decide who ` +
        "sees it. Give InspectorModule.forRoot({ access }) a function that answers 'none', 'read' or " +
        "'operate', or leave it disabled.",
    );
  }
}
