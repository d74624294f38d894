import { Body, Controller, Get, HttpCode, Patch, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { LimitAttempts, LimitRegistrations, Problems, Public } from '../platform/index.js';
import { AccountDto, MyAccountDto, ProfileDto } from './account.dto.js';
import { AccountsService } from './accounts.service.js';
import { ChangePasswordDto } from './change-password.dto.js';
import { PasswordChanges } from './password-changes.js';
import { RegisterDto } from './register.dto.js';
import { CurrentUser, type SignedIn } from './sessions/signed-in.js';
import { UpdateProfileDto } from './update-profile.dto.js';

@ApiTags('accounts')
@Controller()
export class AccountsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwords: PasswordChanges,
  ) {}

  /** Registers an account; its profile is made with it, and a mail welcomes it. */
  @Public()
  @LimitRegistrations('email')
  @Post('accounts')
  @Problems({
    409: 'The e-mail has an account already: `email-taken`.',
    422: 'A field is wrong: `validation-failed`.',
    429: 'Too many registrations from this address, or of this mailbox: `rate-limited`.',
  })
  async register(@Body() registration: RegisterDto): Promise<AccountDto> {
    const { user, profile } = await this.accounts.register(registration);
    return AccountDto.of(user, profile);
  }

  /** Your account with its profile. */
  @Get('me')
  @Problems({ 401: 'You are not signed in: `not-signed-in`.' })
  async me(@CurrentUser() { id }: SignedIn): Promise<MyAccountDto> {
    const { user, profile } = await this.accounts.accountOf(id);
    return MyAccountDto.of(user, profile);
  }

  /** Changes your profile; what is left out stays as it is. */
  @Patch('me/profile')
  @Problems({
    401: 'You are not signed in: `not-signed-in`.',
    422: 'A field is wrong: `validation-failed`.',
  })
  async updateProfile(
    @CurrentUser() { id }: SignedIn,
    @Body() changes: UpdateProfileDto,
  ): Promise<ProfileDto> {
    return ProfileDto.of(await this.accounts.updateProfile(id, changes));
  }

  /** Changes your password, and signs you out everywhere but here. */
  @LimitAttempts()
  @Put('me/password')
  @HttpCode(204)
  @Problems({
    401: 'You are not signed in: `not-signed-in`.',
    422: 'The current password is wrong: `wrong-password`. Or the new one is not acceptable: `validation-failed`.',
    429: 'Too many attempts from this address: `rate-limited`.',
  })
  changePassword(@CurrentUser() user: SignedIn, @Body() change: ChangePasswordDto): Promise<void> {
    return this.passwords.byOwner(user, change);
  }
}
