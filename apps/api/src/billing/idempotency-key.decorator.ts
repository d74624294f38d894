import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { IdempotencyKeyRequiredError } from './payments.errors.js';

const VISIBLE = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` header, without which the request is refused. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const key = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
  if (typeof key !== 'string' || !VISIBLE.test(key)) throw new IdempotencyKeyRequiredError();
  return key;
});
