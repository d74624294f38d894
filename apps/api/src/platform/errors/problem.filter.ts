import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from './domain.errors.js';
import { PROBLEM_CONTENT_TYPE } from './problem.dto.js';
import { toProblem } from './problem.js';

/** Answers every error as `application/problem+json`; what is our fault is logged and not shown. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = toProblem(error, request);
    if (problem.status >= 500) this.logger.error(error, { requestId: request.id });
    if (reply.raw.headersSent) {
      reply.raw.end();
      return;
    }
    if (problem.status === 401) void reply.header('WWW-Authenticate', 'Bearer');
    if (problem.status === 503) void reply.header('Retry-After', 5);
    if (error instanceof DomainError && error.retryAfter !== undefined) {
      void reply.header('Retry-After', error.retryAfter);
    }
    void reply.code(problem.status).header('content-type', PROBLEM_CONTENT_TYPE).send(problem);
  }
}
