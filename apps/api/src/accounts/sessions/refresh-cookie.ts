import { Injectable } from '@nestjs/common';
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Configuration } from '../../platform/index.js';

const NAME = 'refresh_token';

/** Keeps the refresh token where scripts and other sites cannot reach it. */
@Injectable()
export class RefreshCookie {
  private readonly attributes: CookieSerializeOptions;

  constructor({ isEncrypted }: Configuration) {
    this.attributes = {
      path: '/api/v1/sessions',
      httpOnly: true,
      sameSite: 'strict',
      secure: isEncrypted,
    };
  }

  read(request: FastifyRequest): string | undefined {
    return request.cookies[NAME];
  }

  set(reply: FastifyReply, refreshToken: string, expires: Date): void {
    void reply.setCookie(NAME, refreshToken, { ...this.attributes, expires });
  }

  clear(reply: FastifyReply): void {
    void reply.clearCookie(NAME, this.attributes);
  }
}
