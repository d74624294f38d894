import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { unavailabilityOf } from '../database/unavailable.js';
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
  408: { code: 'request-timeout', title: 'The request took too long to arrive' },
  413: {
    code: 'body-too-large',
    title: 'The request body is too large',
    detail: 'Send at most 100 KiB.',
  },
  414: {
    code: 'address-too-long',
    title: 'The address is too long',
    detail: 'A part of the path has at most 100 characters.',
  },
  415: {
    code: 'unsupported-media-type',
    title: 'The request body has an unknown content type',
    detail: 'Send JSON, with Content-Type: application/json.',
  },
  417: { code: 'expectation-failed', title: 'What the request expects is not done here' },
  431: { code: 'headers-too-large', title: 'The headers of the request are too large' },
};

const READING = new Set(['GET', 'HEAD']);

const DATABASE_UNAVAILABLE: ProblemFacts = {
  code: 'database-unavailable',
  title: 'The database cannot be asked now',
  status: 503,
  detail: 'Try again in a moment.',
};

/** A change whose COMMIT was not answered may have happened. */
const OUTCOME_UNKNOWN: ProblemFacts = {
  code: 'outcome-unknown',
  title: 'It is not known whether the request took effect',
  status: 503,
  detail:
    'The connection to the database broke before it answered. Look whether it took effect before you repeat it; under the same Idempotency-Key it takes effect once.',
};

/** A refusal that HTTP itself has a status for. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly statusCode: number,
    detail: string,
  ) {
    super(detail);
  }
}

/** What is told of the request that an error answers. */
interface FailedRequest {
  readonly id: string;
  readonly method?: string;
}

/** Whatever was thrown, in the shape that a client may see. */
export function toProblem(error: unknown, { id, method = 'GET' }: FailedRequest): Problem {
  const { code, ...facts } = factsOf(error, !READING.has(method));
  return { type: `urn:problem:${code}`, ...facts, instance: `urn:request:${id}` };
}

function factsOf(error: unknown, isChange: boolean): ProblemFacts {
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
  const unavailability = unavailabilityOf(error);
  if (unavailability === 'lost' && isChange) return OUTCOME_UNKNOWN;
  if (unavailability) return DATABASE_UNAVAILABLE;
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
