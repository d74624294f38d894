import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  IdPipe,
  LimitAttempts,
  PageQuery,
  Problems,
  Public,
  toPage,
} from '../../platform/index.js';
import { OpenSessionDto, OpenSessionPageDto } from './open-session.dto.js';
import { RefreshCookie } from './refresh-cookie.js';
import { SessionDto } from './session.dto.js';
import { SessionNotFoundError, SessionOverError } from './sessions.errors.js';
import { SessionsService, type SessionTokens } from './sessions.service.js';
import { SignInDto } from './sign-in.dto.js';
import { CurrentUser, type SignedIn } from './signed-in.js';

@ApiTags('sessions')
@Controller('sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly cookie: RefreshCookie,
  ) {}

  /** Signs in: the answer carries an access token, and a cookie the token that renews it. */
  @Public()
  @LimitAttempts('email')
  @Post()
  @Problems({
    401: 'The e-mail or the password is wrong: `wrong-credentials`.',
    429: 'Too many attempts with this e-mail: `rate-limited`.',
  })
  async signIn(
    @Body() { email, password }: SignInDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionDto> {
    return this.answer(reply, await this.sessions.signIn(email, password));
  }

  /** Renews the access token with the cookie, which is replaced; a cookie used twice ends the session. */
  @Public()
  @Post('refresh')
  @HttpCode(200)
  @Problems({ 401: 'There is no session to renew: `session-over`.' })
  async refresh(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionDto> {
    const refreshToken = this.cookie.read(request);
    const tokens = refreshToken && (await this.sessions.refresh(refreshToken));
    if (!tokens) {
      this.cookie.clear(reply);
      throw new SessionOverError();
    }
    return this.answer(reply, tokens);
  }

  /** Where you are signed in, the latest first, page by page. */
  @Get()
  @Problems({ 401: 'You are not signed in: `not-signed-in`.' })
  async list(
    @CurrentUser() { id, sessionId }: SignedIn,
    @Query() page: PageQuery,
  ): Promise<OpenSessionPageDto> {
    const open = await this.sessions.openOf(id, page);
    return toPage(open, page.limit, (session) => OpenSessionDto.of(session, sessionId));
  }

  /** Signs out: the access token and the cookie are worth nothing from now on. */
  @Delete('current')
  @HttpCode(204)
  @Problems({ 401: 'You are not signed in: `not-signed-in`.' })
  async signOut(
    @CurrentUser() { id, sessionId }: SignedIn,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.end(sessionId, id);
    this.cookie.clear(reply);
  }

  /** Signs out elsewhere: one of your sessions, as of a device that is lost, can no longer be used or renewed. */
  @Delete(':id')
  @HttpCode(204)
  @Problems({
    401: 'You are not signed in: `not-signed-in`.',
    404: 'You have no such session that is open: `session-not-found`.',
  })
  async end(
    @CurrentUser() user: SignedIn,
    @Param('id', new IdPipe(SessionNotFoundError)) id: string,
  ): Promise<void> {
    await this.sessions.end(id, user.id);
  }

  /** Signs out everywhere: no session of yours can be used or renewed from now on, this one included. */
  @Delete()
  @HttpCode(204)
  @Problems({ 401: 'You are not signed in: `not-signed-in`.' })
  async signOutEverywhere(
    @CurrentUser() { id }: SignedIn,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.endAll(id);
    this.cookie.clear(reply);
  }

  private answer(reply: FastifyReply, tokens: SessionTokens): SessionDto {
    this.cookie.set(reply, tokens.refreshToken, tokens.expiresAt);
    return SessionDto.of(tokens);
  }
}
