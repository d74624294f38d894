export interface Import {
  /** The folder of the file that imports. */
  readonly from: string;
  readonly specifier: string;
}

const CORE = 'libs/signals/src';
const API = 'apps/api/src';

/** One or more for each row of the table in docs/architecture.md. */
export const FORBIDDEN: readonly Import[] = [
  ...each(CORE, [
    '@nestjs/common',
    'typeorm',
    'rxjs',
    'nestjs-signals',
    './nestjs/index.js',
    './typeorm/model-signals.js',
    './event-emitter/index.js',
    '../../../apps/api/src/orders/index.js',
  ]),
  ...each(`${CORE}/nestjs`, [
    'typeorm',
    '../signals.js',
    '../typeorm/index.js',
    '../event-emitter/index.js',
    'nestjs-signals',
    '../../../../apps/api/src/orders/index.js',
  ]),
  ...each(`${CORE}/typeorm`, [
    '@nestjs/common',
    '@nestjs/typeorm',
    '../transaction.js',
    '../nestjs/index.js',
    '../event-emitter/index.js',
  ]),
  ...each(`${CORE}/durable`, [
    '@nestjs/common',
    '../deliveries.js',
    '../nestjs/index.js',
    '../typeorm/index.js',
  ]),
  ...each(`${CORE}/bullmq`, ['ioredis', '@nestjs/common', '../relay.js', '../durable/index.js']),
  ...each(`${CORE}/nats`, ['@nats-io/nats-core', '../relay.js', '../bullmq/index.js']),
  ...each(`${CORE}/event-emitter`, ['@nestjs/common', '../nestjs/index.js', '../typeorm/index.js']),
  ...each(`${CORE}/telemetry`, [
    '@opentelemetry/sdk-trace-base',
    '@nestjs/common',
    '../channels.js',
    '../durable/index.js',
  ]),
  ...each(`${CORE}/prometheus`, [
    'prom-client',
    '@prometheus-io/client',
    '../listening.js',
    '../durable/index.js',
  ]),
  ...each(`${CORE}/testing`, ['@nestjs/common', '../nestjs/index.js', '../event-emitter/index.js']),
  ...each(`${CORE}/cli`, ['typeorm', '../nestjs/index.js', './sources/callee.js']),
  ...each(`${CORE}/cli/commands`, [
    '../../signals.js',
    '../../typeorm/index.js',
    '../model/steps.js',
    '@nestjs/typeorm',
  ]),
  ...each('libs/signals/test/nestjs', ['../../../../apps/api/src/orders/index.js']),

  ...each(`${API}/platform`, [
    '../accounts/index.js',
    '../orders/index.js',
    '../billing/index.js',
    '../notifications/index.js',
    '../audit/index.js',
    '../app.module.js',
    '../../../../libs/signals/src/index.js',
  ]),
  ...each(`${API}/platform/http`, ['../../accounts/index.js']),
  ...each(`${API}/accounts`, [
    '../orders/index.js',
    '../billing/index.js',
    '../notifications/index.js',
    '../audit/index.js',
    '../app.module.js',
    '../platform/request-context.js',
    '../../../../libs/signals/src/index.js',
  ]),
  ...each(`${API}/accounts/sessions`, ['../../billing/index.js', '../../platform/ids.js']),
  ...each(`${API}/orders`, [
    '../billing/index.js',
    '../notifications/index.js',
    '../audit/index.js',
    '../accounts/user.entity.js',
    '../platform/errors/domain.errors.js',
  ]),
  ...each(`${API}/billing`, [
    '../notifications/index.js',
    '../audit/index.js',
    '../orders/order.entity.js',
    '../accounts/user.entity.js',
    '../platform/ids.js',
  ]),
  ...each(`${API}/notifications`, [
    '../audit/index.js',
    '../app.module.js',
    '../billing/receipt.entity.js',
    '../orders/order.entity.js',
  ]),
  ...each(`${API}/audit`, [
    '../accounts/index.js',
    '../orders/index.js',
    '../billing/index.js',
    '../notifications/index.js',
    '../platform/request-context.js',
  ]),
  ...each(API, [
    './orders/orders.service.js',
    './platform/http/problem.filter.js',
    '../../../libs/signals/src/index.js',
  ]),
  ...each('apps/api/migrations', ['../src/orders/index.js']),

  ...each('apps/web/src', [
    '../../api/src/orders/index.js',
    '../../api/src/app.module.js',
    '../../../libs/signals/src/index.js',
    '../../../libs/signals/src/inspector/page/main.js',
    'nestjs-signals',
    'nestjs-signals/testing',
    '@nestjs/common',
    'typeorm',
  ]),
  ...each('apps/web/src/pages', ['../../../api/src/orders/index.js']),

  ...each('test', [
    '../apps/api/src/orders/order.entity.js',
    '../apps/api/src/platform/http/problem.filter.js',
    '../libs/signals/src/index.js',
  ]),
  ...each('test/support', ['../../apps/api/src/accounts/user.entity.js']),
  ...each('scripts', ['typescript']),
  ...each('scripts/launcher', ['pg']),
];

export const ALLOWED: readonly Import[] = [
  ...each(CORE, ['node:async_hooks', 'node:timers/promises', './signal.js']),
  ...each(`${CORE}/nestjs`, ['@nestjs/common', '@nestjs/core', '../index.js', './receiver.js']),
  ...each(`${CORE}/typeorm`, ['typeorm', '../index.js', 'node:async_hooks']),
  ...each(`${CORE}/durable`, ['pg-boss', 'typeorm', '../index.js', './engine.js']),
  ...each(`${CORE}/bullmq`, ['bullmq', '../index.js', './bullmq-relay.js']),
  ...each(`${CORE}/nats`, ['@nats-io/jetstream', '../index.js', './jet-stream-relay.js']),
  ...each(`${CORE}/event-emitter`, ['@nestjs/event-emitter', '../index.js']),
  ...each(`${CORE}/telemetry`, ['@opentelemetry/api', '../index.js', './spans.js']),
  ...each(`${CORE}/prometheus`, ['../index.js', './metrics.js']),
  ...each(`${CORE}/cli`, ['commander', './model/index.js', './commands/list.js']),
  ...each(`${CORE}/cli/commands`, ['../../index.js', '../model/index.js', './subject.js']),
  ...each('libs/signals/test/nestjs', [
    'nestjs-signals/nestjs',
    '../../../../test/support/database.js',
  ]),
  ...each(`${API}/platform`, ['nestjs-signals', 'typeorm', '../../migrations/index.js']),
  ...each(`${API}/platform/http`, ['../errors/domain.errors.js']),
  ...each(`${API}/accounts`, [
    '../platform/index.js',
    'nestjs-signals/typeorm',
    './user.entity.js',
  ]),
  ...each(`${API}/accounts/sessions`, ['../../platform/index.js', '../user.entity.js']),
  ...each(`${API}/orders`, ['../platform/index.js', '../accounts/index.js']),
  ...each(`${API}/billing`, ['../accounts/index.js', '../orders/index.js']),
  ...each(`${API}/notifications`, ['../accounts/index.js', '../billing/index.js']),
  ...each(`${API}/audit`, ['../platform/index.js', 'nestjs-signals/typeorm']),
  ...each(API, ['./orders/index.js', './app.module.js', 'nestjs-signals/nestjs']),
  ...each('apps/api/migrations', ['typeorm', './1-Accounts.js']),
  ...each('apps/web/src', [
    'preact',
    './api/client.js',
    '../../../libs/signals/src/inspector/page/tokens.css',
  ]),
  ...each('apps/web/src/pages', ['../api/client.js', '../parts/button.js']),
  ...each('test', [
    '../apps/api/src/app.module.js',
    '../apps/api/src/orders/index.js',
    './support/database.js',
    'nestjs-signals',
  ]),
  ...each('test/support', [
    '../../apps/api/src/app.module.js',
    '../../apps/api/migrations/index.js',
  ]),
  ...each('scripts', ['node:fs/promises', './launcher/launch.mjs']),
  ...each('scripts/launcher', ['../embedded-postgres/index.mjs']),
];

function each(from: string, specifiers: readonly string[]): Import[] {
  return specifiers.map((specifier) => ({ from, specifier }));
}
