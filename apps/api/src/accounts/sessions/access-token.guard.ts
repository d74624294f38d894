import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { PUBLIC, RequestContext } from '../../platform/index.js';
import { NotSignedInError, StaffOnlyError } from './sessions.errors.js';
import { SessionsService } from './sessions.service.js';
import { STAFF_ONLY } from './signed-in.js';

const BEARER = /^Bearer +(\S+)$/i;

/** Stands before every route: closed unless `@Public()`, and to staff alone with `@StaffOnly()`. */
@Injectable()
export class AccessTokenGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: SessionsService,
    private readonly requests: RequestContext,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.marked(PUBLIC, context)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const [, token] = BEARER.exec(request.headers.authorization ?? '') ?? [];
    const signedIn = token && (await this.sessions.whoSends(token));
    if (!signedIn) throw new NotSignedInError();
    if (this.marked(STAFF_ONLY, context) && signedIn.role !== 'staff') throw new StaffOnlyError();
    request.signedIn = signedIn;
    if (this.requests.current) this.requests.current.actorId = signedIn.id;
    return true;
  }

  private marked(mark: symbol, context: ExecutionContext): boolean {
    return (
      this.reflector.getAllAndOverride(mark, [context.getHandler(), context.getClass()]) === true
    );
  }
}
