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
import { EMAIL_MAX, emailKey, mailboxKey } from '../email-address.js';
import { RateLimitedError } from './rate-limited.error.js';

const ATTEMPTS = Symbol('attempts');
const REGISTRATIONS = Symbol('registrations');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Limits a route further, for each address of a client, and for each e-mail where a field of the body has one, as in
 * `@LimitAttempts('email')` on signing in.
 */
export const LimitAttempts = (emailField = '') => SetMetadata(ATTEMPTS, emailField);

/**
 * Limits a route that mails whoever is named by a field of the body: for each address of a client, and for each
 * mailbox, whoever asks.
 */
export const LimitRegistrations = (emailField: string) => SetMetadata(REGISTRATIONS, emailField);

/** Counts in the memory of the process: with several processes each allows this much. */
export function rateLimits(
  { rateLimit, rateLimitSignIn, rateLimitRegister }: Configuration,
  reflector: Reflector,
): ThrottlerModuleOptions {
  const fieldOf = (mark: symbol, context: ExecutionContext) =>
    reflector.get<string | undefined>(mark, context.getHandler());
  const onlyWhere = (mark: symbol) => (context: ExecutionContext) =>
    fieldOf(mark, context) === undefined;
  const emailIn = (mark: symbol, { body }: FastifyRequest, context: ExecutionContext): string => {
    const field = fieldOf(mark, context) ?? '';
    const value: unknown =
      typeof body === 'object' && body !== null ? Reflect.get(body, field) : undefined;
    return typeof value === 'string' ? value.trim().slice(0, EMAIL_MAX) : '';
  };
  return {
    generateKey: (_context, tracker, name) =>
      createHash('sha256').update(`${name}:${tracker}`).digest('base64url'),
    throttlers: [
      { name: 'default', ttl: MINUTE, limit: rateLimit },
      {
        name: 'attempts',
        ttl: MINUTE,
        limit: rateLimitSignIn,
        skipIf: onlyWhere(ATTEMPTS),
        getTracker: (request, context) =>
          `${normalizeIp(request['ip'] as string)} ${emailKey(emailIn(ATTEMPTS, request as FastifyRequest, context))}`,
      },
      {
        name: 'registrations',
        ttl: HOUR,
        limit: rateLimitRegister,
        skipIf: onlyWhere(REGISTRATIONS),
      },
      {
        name: 'mailboxes',
        ttl: HOUR,
        limit: rateLimitRegister,
        skipIf: onlyWhere(REGISTRATIONS),
        getTracker: (request, context) =>
          mailboxKey(emailIn(REGISTRATIONS, request as FastifyRequest, context)),
      },
    ],
  };
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
