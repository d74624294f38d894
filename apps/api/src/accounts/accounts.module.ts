import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';
import { CreateProfileReceiver } from './create-profile.receiver.js';
import { DemoPasswordCheck } from './demo-password-check.js';
import { PasswordChanges } from './password-changes.js';
import { Passwords } from './passwords.js';
import { Profile } from './profile.entity.js';
import { AccessTokenGuard } from './sessions/access-token.guard.js';
import { AccessTokens } from './sessions/access-tokens.js';
import { RefreshCookie } from './sessions/refresh-cookie.js';
import { RefreshToken, Session } from './sessions/session.entity.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsService } from './sessions/sessions.service.js';
import { StaffSeeder } from './staff.seeder.js';
import { User } from './user.entity.js';

/** Who a customer is: users, profiles, roles, sign-in. Its guard stands before every route of the application. */
@Module({
  imports: [TypeOrmModule.forFeature([User, Profile, Session, RefreshToken])],
  controllers: [AccountsController, SessionsController],
  providers: [
    AccessTokens,
    AccountsService,
    CreateProfileReceiver,
    DemoPasswordCheck,
    PasswordChanges,
    Passwords,
    RefreshCookie,
    SessionsService,
    StaffSeeder,
    { provide: APP_GUARD, useClass: AccessTokenGuard },
  ],
  exports: [AccountsService, SessionsService],
})
export class AccountsModule {}
