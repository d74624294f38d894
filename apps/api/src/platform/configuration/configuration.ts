import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ConfigurationError } from './configuration.error.js';
import { DEMO_STAFF, type StaffSignIn } from './demo-staff.js';
import { Environment, type EnvironmentName } from './environment.js';

/** What the environment says, checked once at start and never changed afterwards. */
export class Configuration {
  readonly environment: EnvironmentName;
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly databasePoolSize: number;
  /** Whether this process runs durable receivers. */
  readonly workers: boolean;
  private readonly orderExpiryMinutes: number;
  /** Undefined: mail goes to the catcher inside the application. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly accessTokenSecret: string;
  /** The staff account to create at start. */
  readonly staff: StaffSignIn | undefined;
  readonly seedDemo: boolean;
  /** Requests for each minute and address. */
  readonly rateLimit: number;
  /** Attempts to sign in for each minute, address and e-mail. */
  readonly rateLimitSignIn: number;
  /** Registrations for each hour and address, and for each hour and mailbox. */
  readonly rateLimitRegister: number;
  /** How long the audit log remembers. */
  readonly auditKeptDays: number;
  /** How many proxies in front may tell the client's address. */
  readonly trustedProxies: number;
  readonly publicUrl: string | undefined;
  /** What whoever reads the metrics has to send; undefined: nothing, which only goes outside production. */
  readonly metricsToken: string | undefined;
  /** Where a process that runs durable receivers alone serves its metrics; undefined: nowhere. */
  readonly metricsPort: number | undefined;
  /** Whether spans go to a collector. */
  readonly exportsSpans: boolean;
  /** Where people look at a trace; `{traceId}` stands for its id. */
  readonly tracingUi: string | undefined;
  /** The folder of the built pages. */
  readonly webRoot: string;

  constructor(environment: Environment) {
    const production = environment.NODE_ENV === 'production';
    const { STAFF_EMAIL: email, STAFF_PASSWORD: password } = environment;
    this.environment = environment.NODE_ENV;
    this.host = environment.HOST ?? (production ? '0.0.0.0' : '127.0.0.1');
    this.port = environment.PORT;
    this.databaseUrl = environment.DATABASE_URL;
    this.databasePoolSize = environment.DATABASE_POOL_SIZE;
    this.workers = environment.WORKERS ?? true;
    this.orderExpiryMinutes = environment.ORDER_EXPIRY_MINUTES;
    this.smtpUrl = environment.SMTP_URL;
    this.mailFrom = environment.MAIL_FROM;
    this.accessTokenSecret =
      environment.ACCESS_TOKEN_SECRET ?? randomBytes(48).toString('base64url');
    this.seedDemo = environment.SEED_DEMO ?? !production;
    this.staff =
      email && password
        ? Object.freeze({ email, password })
        : this.seedDemo && !production
          ? DEMO_STAFF
          : undefined;
    this.rateLimit = environment.RATE_LIMIT;
    this.rateLimitSignIn = environment.RATE_LIMIT_SIGN_IN;
    this.rateLimitRegister = environment.RATE_LIMIT_REGISTER ?? Math.ceil(this.rateLimit / 20);
    this.auditKeptDays = environment.AUDIT_KEPT_DAYS;
    this.trustedProxies = environment.TRUST_PROXY;
    this.publicUrl = environment.PUBLIC_URL;
    this.metricsToken = environment.METRICS_TOKEN;
    this.metricsPort = environment.METRICS_PORT;
    this.exportsSpans = environment.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined;
    this.tracingUi = environment.TRACING_UI;
    this.webRoot = resolve(environment.WEB_ROOT);
    Object.freeze(this);
  }

  /** When an order of this time is cancelled if nobody has paid it. */
  orderExpiryOf(placedAt: Date): Date {
    return new Date(placedAt.getTime() + this.orderExpiryMinutes * 60_000);
  }

  get isProduction(): boolean {
    return this.environment === 'production';
  }

  /** Whether browsers are to keep what signs them in for encrypted connections alone. */
  get isEncrypted(): boolean {
    return this.isProduction && !this.publicUrl?.startsWith('http:');
  }

  /** In production nobody may read metrics without a token: without one there are none. */
  get servesMetrics(): boolean {
    return !this.isProduction || this.metricsToken !== undefined;
  }
}

/** An empty variable counts as unset, as compose files and shells write it. */
export function readConfiguration(
  variables: Readonly<Record<string, string | undefined>>,
): Configuration {
  const set = Object.entries(variables).filter(([, value]) => value !== undefined && value !== '');
  const environment = plainToInstance(Environment, Object.fromEntries(set));
  const wrong = validateSync(environment, { stopAtFirstError: true });
  if (wrong.length > 0) {
    throw new ConfigurationError(
      wrong.map(({ property, constraints = {} }) => ({
        name: property,
        problem: Object.values(constraints)[0] ?? 'is wrong',
      })),
    );
  }
  return new Configuration(environment);
}
