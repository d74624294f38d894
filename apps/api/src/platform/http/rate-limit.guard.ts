import { createHash } from 'node:crypto';
import { Injectable, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  normalizeIp,
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerModuleOptions,
} from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import type { Configuration } from '../configuration/configuration.js';
import { RateLimitedError } from './rate-limited.error.js';

const ATTEMPTS = Symbol('attempts');
const MINUTE = 60_000;

/**
 * Limits a route further, for each address and each value of one field of the body, as in
 * `@LimitAttempts('email')` on signing in.
 */
export const LimitAttempts = (field: string) => SetMetadata(ATTEMPTS, field);

/** Counts in the memory of the process: with several processes each allows this much. */
export function rateLimits(
  configuration: Configuration,
  reflector: Reflector,
): ThrottlerModuleOptions {
  const attemptedField = (context: ExecutionContext) =>
    reflector.get<string | undefined>(ATTEMPTS, context.getHandler());
  return {
    generateKey: (_context, tracker, name) =>
      createHash('sha256').update(`${name}:${tracker}`).digest('base64url'),
    throttlers: [
      { name: 'default', ttl: MINUTE, limit: configuration.rateLimit },
      {
        name: 'attempts',
        ttl: MINUTE,
        limit: configuration.rateLimitSignIn,
        skipIf: (context) => attemptedField(context) === undefined,
        getTracker: (request, context) =>
          attemptOf(request as FastifyRequest, attemptedField(context) ?? ''),
      },
    ],
  };
}

function attemptOf({ ip, body }: FastifyRequest, field: string): string {
  const value: unknown =
    typeof body === 'object' && body !== null ? Reflect.get(body, field) : undefined;
  return `${normalizeIp(ip)} ${typeof value === 'string' ? value.trim().toLowerCase() : ''}`;
}

@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  protected override throwThrottlingException(
    _context: ExecutionContext,
    { timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<void> {
    throw new RateLimitedError(timeToBlockExpire);
  }
}
