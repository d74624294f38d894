import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError, InvalidError } from '../errors/domain.errors.js';

const VISIBLE = /^[\x21-\x7e]{1,255}$/;

export class IdempotencyKeyRequiredError extends DomainError {
  readonly status = 400;
  readonly code = 'idempotency-key-required';
  readonly title = 'The Idempotency-Key header is missing or malformed';

  constructor() {
    super(
      'Send the header Idempotency-Key with 1 to 255 visible ASCII characters, a new UUID for example. ' +
        'Repeat a request under the same key: it then takes effect once, however often it is sent.',
    );
  }
}

export class IdempotencyKeyReusedError extends InvalidError {
  readonly code = 'idempotency-key-reused';
  readonly title = 'The Idempotency-Key belongs to another request';

  constructor() {
    super('This key was used with another body. Repeat that body, or send a new key.');
  }
}

/** The `Idempotency-Key` header. A malformed one is refused; a missing one unless it is optional. */
export const IdempotencyKey = createParamDecorator(
  (options: { readonly optional: true } | undefined, context: ExecutionContext) => {
    const key = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
    if (key === undefined && options?.optional) return undefined;
    if (typeof key !== 'string' || !VISIBLE.test(key)) throw new IdempotencyKeyRequiredError();
    return key;
  },
);

/** Tells requests apart without keeping what is in them. */
export function fingerprintOf(request: unknown): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex');
}
