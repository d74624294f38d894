import { IsString, MaxLength } from 'class-validator';

export class ChangePasswordDto {
  /** The one that you sign in with now. */
  @IsString({ message: 'must be text' })
  @MaxLength(128, { message: 'must have at most 128 characters' })
  readonly currentPassword!: string;

  /**
   * 10 to 128 characters, not a common password and without the name in the e-mail.
   * @example "correct horse battery staple"
   */
  @IsString({ message: 'must be text' })
  readonly password!: string;
}
