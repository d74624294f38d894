import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { isDatabaseUnavailable } from '../database/unavailable.js';
import { DomainError } from './domain.errors.js';
import type { Problem } from './problem.dto.js';

type ProblemFacts = Omit<Problem, 'type' | 'instance'> & { readonly code: string };

interface Meaning {
  readonly code: string;
  readonly title: string;
  /** Where the error's own words do not help. */
  readonly detail?: string;
}

const BY_STATUS: Readonly<Record<number, Meaning>> = {
  400: { code: 'malformed-request', title: 'The request cannot be read' },
  404: { code: 'route-not-found', title: 'There is no such address' },
  413: {
    code: 'body-too-large',
    title: 'The request body is too large',
    detail: 'Send at most 100 KiB.',
  },
  415: {
    code: 'unsupported-media-type',
    title: 'The request body has an unknown content type',
    detail: 'Send JSON, with Content-Type: application/json.',
  },
};

/** Whatever was thrown, in the shape that a client may see. */
export function toProblem(error: unknown, requestId: string): Problem {
  const { code, ...facts } = factsOf(error);
  return { type: `urn:problem:${code}`, ...facts, instance: `urn:request:${requestId}` };
}

function factsOf(error: unknown): ProblemFacts {
  if (error instanceof DomainError) {
    const { code, title, status, message, errors } = error;
    return { code, title, status, detail: message, ...(errors && { errors }) };
  }
  const status = statusOf(error);
  if (status < 500) {
    const text = STATUS_CODES[status] ?? 'Bad Request';
    const { code, title, detail } = BY_STATUS[status] ?? { code: slug(text), title: text };
    return { code, title, status, detail: detail ?? (error as Error).message };
  }
  if (isDatabaseUnavailable(error)) {
    return {
      code: 'database-unavailable',
      title: 'The database does not answer',
      status: 503,
      detail: 'Nothing was changed. Try again in a moment.',
    };
  }
  return {
    code: 'internal-error',
    title: 'Something went wrong on our side',
    status: 500,
    detail: 'The request failed and was logged. Name the instance when you report it.',
  };
}

/** Nest's exceptions and Fastify's own errors know their status; anything else is a fault of ours. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    return error.statusCode >= 400 ? error.statusCode : 500;
  }
  return 500;
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
