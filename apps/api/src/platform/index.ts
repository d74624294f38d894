export { IsAcceptablePassword, passwordFault } from './acceptable-password.js';
export { Audited, auditedColumns, type AuditedOptions } from './audited.decorator.js';
export { Configuration, readConfiguration } from './configuration/configuration.js';
export { DEMO_STAFF } from './configuration/demo-staff.js';
export { ConfigurationError } from './configuration/configuration.error.js';
export {
  ConflictError,
  DomainError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  TooSoonError,
  UnauthenticatedError,
  type DomainErrorOptions,
  type FieldError,
} from './errors/domain.errors.js';
export { IdPipe } from './errors/id.pipe.js';
export { toProblem } from './errors/problem.js';
export { Problem, PROBLEM_CONTENT_TYPE } from './errors/problem.dto.js';
export { ValidationFailedError } from './errors/validation.pipe.js';
export { configureHttp, createAdapter, HTTP_OPTIONS } from './http/http.js';
export {
  fingerprintOf,
  IdempotencyKey,
  IdempotencyKeyReusedError,
} from './http/idempotency-key.js';
export { ListOf } from './http/list-of.decorator.js';
export { OwnHostGuard } from './http/own-host.guard.js';
export { MetricsServer } from './http/metrics-server.js';
export { PageOf, PageQuery, toPage, type Page } from './http/page.dto.js';
export { emailKey, isEmailAddress, mailboxKey } from './email-address.js';
export { newId } from './ids.js';
export { Money } from './money.dto.js';
export { formatMoney } from './money.format.js';
export { RequestContext, type RequestFacts } from './request-context.js';
export { ApplicationLogger } from './logging.js';
export { PlatformModule } from './platform.module.js';
export { Problems } from './http/problems.decorator.js';
export { Public, PUBLIC } from './http/public.decorator.js';
export { LimitAttempts, LimitRegistrations } from './http/rate-limit.guard.js';
export { dataSourceOptions } from './database/database.module.js';
export { ImpatientClient } from './database/impatient-client.js';
export { migrate } from './database/migrate.js';
export { violates } from './database/violates.js';
export { listen } from './startup/listen.js';
export { StartupError } from './startup/startup.error.js';
export { TRIED_FOR_DAYS } from './tried-for-days.js';
