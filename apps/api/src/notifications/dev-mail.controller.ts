import { Controller, Get, Headers, NotFoundException, Query, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OwnHostGuard, Public } from '../platform/index.js';
import { DevMailQuery } from './dev-mail.dto.js';
import { devMailPage } from './dev-mail.page.js';
import { MailCatcher, type CaughtMail } from './mail-catcher.js';

/** The mail that the application sent while no mail server was configured; otherwise it does not exist. */
@ApiExcludeController()
@Public()
@UseGuards(OwnHostGuard)
@Controller('dev/mail')
export class DevMailController {
  constructor(private readonly catcher: MailCatcher) {}

  @Get()
  list(
    @Query() { to }: DevMailQuery,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): readonly CaughtMail[] | string {
    if (!this.catcher.isRunning) throw new NotFoundException('Cannot GET /dev/mail');
    const mails = this.catcher.list(to);
    if (!accept?.includes('text/html')) return mails;
    void reply.type('text/html; charset=utf-8');
    return devMailPage(mails);
  }
}
