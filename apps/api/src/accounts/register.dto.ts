import { IsOptional } from 'class-validator';
import { IsAcceptablePassword } from '../platform/index.js';
import { IsDisplayName, IsEmailAddress } from './field-decorators.js';

export class RegisterDto {
  /**
   * Unique, whatever its letter case.
   * @example "ada@example.com"
   */
  @IsEmailAddress()
  readonly email!: string;

  /**
   * 10 to 128 characters, not a common password and without the name in the e-mail.
   * @example "correct horse battery staple"
   */
  @IsAcceptablePassword()
  readonly password!: string;

  /**
   * How the profile is called at first; otherwise what stands before the @ of the e-mail.
   * @example "Ada"
   */
  @IsOptional()
  @IsDisplayName()
  readonly displayName?: string;
}
