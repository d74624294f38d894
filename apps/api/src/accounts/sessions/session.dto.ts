import { ApiProperty } from '@nestjs/swagger';
import { ACCESS_TOKEN_SECONDS } from './access-tokens.js';
import type { SessionTokens } from './sessions.service.js';

export class SessionDto {
  /** Send it as `Authorization: Bearer <token>`. */
  readonly accessToken!: string;

  /** Seconds until the access token expires; renew it with POST /api/v1/sessions/refresh. */
  @ApiProperty({ type: 'integer', example: ACCESS_TOKEN_SECONDS })
  readonly expiresIn!: number;

  static of({ accessToken }: SessionTokens): SessionDto {
    return { accessToken, expiresIn: ACCESS_TOKEN_SECONDS };
  }
}
