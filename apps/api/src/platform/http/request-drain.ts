import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors/domain.errors.js';

const PATIENCE_MS = 10_000;

export class ShuttingDownError extends DomainError {
  readonly code = 'shutting-down';
  readonly title = 'The application is shutting down';
  readonly status = 503;

  constructor() {
    super('This process answers no more requests. Try again: another one does, or will soon.');
  }
}

/**
 * At the end, refuses new requests and lets those under way finish, while everything that they need is still
 * there: this is the first thing that a shutdown does. Event streams have no end; they are cut later, and
 * their clients come back.
 */
@Injectable()
export class RequestDrain implements OnModuleDestroy {
  private readonly logger = new Logger(RequestDrain.name);
  private readonly underWay = new Set<ServerResponse>();
  private draining = false;

  follow(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (_request, reply, done) => {
      if (this.draining) {
        void reply.header('Connection', 'close');
        done(new ShuttingDownError());
        return;
      }
      this.underWay.add(reply.raw);
      reply.raw.once('close', () => this.underWay.delete(reply.raw));
      done();
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.draining = true;
    const ends = [...this.underWay]
      .filter((response) => !isEventStream(response))
      .map((response) => once(response, 'close'));
    const late = new AbortController();
    const deadline = setTimeout(PATIENCE_MS, 'late', { ref: false, signal: late.signal });
    if ((await Promise.race([Promise.all(ends), deadline])) === 'late') {
      this.logger.warn('Some requests took too long to wait for.');
    }
    late.abort();
  }
}

function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type')).startsWith('text/event-stream');
}
