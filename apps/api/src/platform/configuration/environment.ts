import { Transform } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { IsAcceptablePassword } from '../acceptable-password.js';
import { DEMO_STAFF } from './demo-staff.js';

const ENVIRONMENTS = ['development', 'test', 'production'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

const POSTGRES_URL = /^postgres(ql)?:\/\/[^\s/]+\/[^\s/?]+/;
const SMTP_URL = /^smtps?:\/\/[^\s/]+/;
const SPELLED_NUMBER = /^\d+$/;

const AsNumber = () =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && SPELLED_NUMBER.test(value) ? Number(value) : value,
  );

const AsBoolean = () =>
  Transform(({ value }: { value: unknown }) =>
    value === 'true' ? true : value === 'false' ? false : value,
  );

/** How many proxies stand in front: `true` is one, `false` none. */
const AsHops = () =>
  Transform(({ value }: { value: unknown }) =>
    value === 'true'
      ? 1
      : value === 'false'
        ? 0
        : SPELLED_NUMBER.test(String(value))
          ? Number(value)
          : value,
  );

/** Refuses what a condition finds wrong about a value. */
const IsNot = (isWrong: (value: string, environment: Environment) => boolean, message: string) =>
  ValidateBy({
    name: 'isNot',
    validator: {
      validate: (value, rule) =>
        typeof value !== 'string' || !isWrong(value, rule?.object as Environment),
      defaultMessage: () => message,
    },
  });

/** Top-level and second-level domains that are reserved for documentation and tests (RFC 2606, RFC 6761). */
const RESERVED_DOMAIN =
  /@(?:[^\s@>]+\.)?(?:test|example|invalid|localhost|example\.(?:com|net|org))>?\s*$/i;

const isStandInSender = (sender: string, { NODE_ENV }: Environment): boolean =>
  NODE_ENV === 'production' && RESERVED_DOMAIN.test(sender);

const isDemoPassword = (password: string, { NODE_ENV }: Environment): boolean =>
  NODE_ENV === 'production' && password === DEMO_STAFF.password;

const requiredInProduction = (environment: Environment, value: unknown): boolean =>
  environment.NODE_ENV === 'production' || value !== undefined;

/** The variables that the application reads, under their own names. Defaults are in `configuration.ts`. */
export class Environment {
  /** Who says nothing has what is safe: `npm start` says development. */
  @IsIn(ENVIRONMENTS, { message: 'must be development, test or production' })
  readonly NODE_ENV: EnvironmentName = 'production';

  @IsOptional()
  @IsString()
  readonly HOST?: string;

  @AsNumber()
  @IsInt({ message: 'must be a whole number from 0 (any free port) to 65535' })
  @Min(0, { message: 'must be a whole number from 0 (any free port) to 65535' })
  @Max(65_535, { message: 'must be a whole number from 0 (any free port) to 65535' })
  readonly PORT: number = 3000;

  @Matches(POSTGRES_URL, {
    message:
      'must look like postgres://user:password@host:5432/database (npm start sets it to its own database when it is unset)',
  })
  readonly DATABASE_URL!: string;

  @AsNumber()
  @IsInt({ message: 'must be a whole number from 1 to 200' })
  @Min(1, { message: 'must be a whole number from 1 to 200' })
  @Max(200, { message: 'must be a whole number from 1 to 200' })
  readonly DATABASE_POOL_SIZE: number = 20;

  @IsOptional()
  @AsBoolean()
  @IsBoolean({ message: 'must be true or false' })
  readonly WORKERS?: boolean;

  @AsNumber()
  @IsInt({ message: 'must be a whole number of minutes, 1 or more' })
  @Min(1, { message: 'must be a whole number of minutes, 1 or more' })
  readonly ORDER_EXPIRY_MINUTES: number = 24 * 60;

  @ValidateIf((environment: Environment) => requiredInProduction(environment, environment.SMTP_URL))
  @Matches(SMTP_URL, {
    message:
      'must look like smtp://user:password@host:587 (only where NODE_ENV is development or test may it be unset)',
  })
  readonly SMTP_URL?: string;

  @IsNot(
    isStandInSender,
    'must name a sender of yours in production, as in "The shop <orders@your-shop.com>": nobody takes mail from a reserved domain',
  )
  @IsNotEmpty({ message: 'must name a sender, as in "The shop <shop@example.com>"' })
  readonly MAIL_FROM: string = 'The shop <shop@example.test>';

  @ValidateIf((environment: Environment) =>
    requiredInProduction(environment, environment.ACCESS_TOKEN_SECRET),
  )
  @MinLength(32, {
    message:
      'must have at least 32 characters: take the output of openssl rand -base64 48 (only where NODE_ENV is development or test may it be unset)',
  })
  readonly ACCESS_TOKEN_SECRET?: string;

  @ValidateIf(
    (environment: Environment) =>
      environment.STAFF_PASSWORD !== undefined || environment.STAFF_EMAIL !== undefined,
  )
  @Matches(/^[^\s@]+@[^\s@]+$/, {
    message: 'must be an e-mail address; set STAFF_PASSWORD with it, or neither',
  })
  readonly STAFF_EMAIL?: string;

  @ValidateIf(
    (environment: Environment) =>
      environment.STAFF_EMAIL !== undefined || environment.STAFF_PASSWORD !== undefined,
  )
  @IsNot(isDemoPassword, 'must be another one than the demo has, which everybody knows')
  @IsAcceptablePassword('STAFF_EMAIL')
  @IsString({ message: 'must be set with STAFF_EMAIL, or neither' })
  readonly STAFF_PASSWORD?: string;

  @IsOptional()
  @AsBoolean()
  @IsBoolean({ message: 'must be true or false' })
  readonly SEED_DEMO?: boolean;

  @AsNumber()
  @IsInt({ message: 'must be a whole number of requests for each minute and address, 1 or more' })
  @Min(1, { message: 'must be a whole number of requests for each minute and address, 1 or more' })
  readonly RATE_LIMIT: number = 600;

  @AsNumber()
  @IsInt({
    message: 'must be a whole number of attempts for each minute, address and e-mail, 1 or more',
  })
  @Min(1, {
    message: 'must be a whole number of attempts for each minute, address and e-mail, 1 or more',
  })
  readonly RATE_LIMIT_SIGN_IN: number = 10;

  @IsOptional()
  @AsNumber()
  @IsInt({
    message: 'must be a whole number of registrations for each hour and address, 1 or more',
  })
  @Min(1, {
    message: 'must be a whole number of registrations for each hour and address, 1 or more',
  })
  readonly RATE_LIMIT_REGISTER?: number;

  @AsNumber()
  @IsInt({ message: 'must be a whole number of days, 1 or more' })
  @Min(1, { message: 'must be a whole number of days, 1 or more' })
  readonly AUDIT_KEPT_DAYS: number = 365;

  @AsHops()
  @IsInt({ message: 'must be true, false or the number of proxies in front' })
  readonly TRUST_PROXY: number = 0;

  @IsOptional()
  @IsUrl(
    { require_tld: false, require_protocol: true, protocols: ['http', 'https'] },
    { message: 'must be the address that browsers use, as in https://shop.example.com' },
  )
  readonly PUBLIC_URL?: string;

  @ValidateIf(
    (environment: Environment) =>
      environment.METRICS_TOKEN !== undefined ||
      (environment.METRICS_PORT !== undefined && environment.NODE_ENV === 'production'),
  )
  @MinLength(16, {
    message:
      'must have at least 16 characters, in production wherever METRICS_PORT is set: take the output of openssl rand -base64 24',
  })
  readonly METRICS_TOKEN?: string;

  @IsOptional()
  @AsNumber()
  @IsInt({ message: 'must be a whole number from 0 (any free port) to 65535' })
  @Min(0, { message: 'must be a whole number from 0 (any free port) to 65535' })
  @Max(65_535, { message: 'must be a whole number from 0 (any free port) to 65535' })
  readonly METRICS_PORT?: number;

  @IsOptional()
  @IsUrl(
    { require_tld: false, require_protocol: true, protocols: ['http', 'https'] },
    { message: 'must be the address of a collector, as in http://localhost:4318' },
  )
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  @IsOptional()
  @Matches(/^https?:\/\/.*\{traceId\}/, {
    message:
      'must be an address with {traceId} in it, as in http://localhost:16686/trace/{traceId}',
  })
  readonly TRACING_UI?: string;

  @IsNotEmpty({ message: 'must name a folder' })
  readonly WEB_ROOT: string = 'apps/web/dist';
}
