import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT } from 'jose';
import { Configuration } from '../../platform/index.js';
import type { Role } from '../user.entity.js';

export const ACCESS_TOKEN_SECONDS = 15 * 60;
const ALGORITHM = 'HS256';
const TYPE = 'at+jwt';

export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
}

/** Signs and reads the short-lived tokens that accompany every request. */
@Injectable()
export class AccessTokens {
  private readonly key: Uint8Array;

  constructor({ accessTokenSecret }: Configuration) {
    this.key = new TextEncoder().encode(accessTokenSecret);
  }

  /** The role is for the client to read; whoever decides asks the database. */
  sign({ userId, sessionId, role }: AccessClaims & { readonly role: Role }): Promise<string> {
    return new SignJWT({ sid: sessionId, role })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
      .setSubject(userId)
      .setIssuedAt()
      .setExpirationTime(`${ACCESS_TOKEN_SECONDS}s`)
      .sign(this.key);
  }

  async read(token: string): Promise<AccessClaims | undefined> {
    try {
      const { payload } = await jwtVerify<{ sid: string }>(token, this.key, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        requiredClaims: ['sub', 'sid', 'exp'],
      });
      return { userId: String(payload.sub), sessionId: payload.sid };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}
