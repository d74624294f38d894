import { isIP } from 'node:net';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Configuration } from '../configuration/configuration.js';
import { ForbiddenError } from '../errors/domain.errors.js';

export class ForeignHostError extends ForbiddenError {
  readonly code = 'foreign-host';
  readonly title = 'This is not shown under that name';

  constructor() {
    super('Ask for it at localhost, at an IP address of this machine, or at PUBLIC_URL.');
  }
}

/**
 * Keeps other sites from reading what needs no sign-in: a site may have its own name resolve to this machine (DNS
 * rebinding), and would be asked under that name.
 */
@Injectable()
export class OwnHostGuard implements CanActivate {
  private readonly publicHost: string | undefined;

  constructor({ publicUrl }: Configuration) {
    this.publicHost = publicUrl === undefined ? undefined : new URL(publicUrl).hostname;
  }

  canActivate(context: ExecutionContext): boolean {
    const { host = '' } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    if (!this.isOwn(host)) throw new ForeignHostError();
    return true;
  }

  private isOwn(host: string): boolean {
    if (!URL.canParse(`http://${host}`)) return false;
    const { hostname } = new URL(`http://${host}`);
    return (
      hostname === 'localhost' ||
      hostname.endsWith('.localhost') ||
      hostname === this.publicHost ||
      isIP(hostname.replaceAll(/[[\]]/g, '')) !== 0
    );
  }
}
