import { IsString, MaxLength } from 'class-validator';

export class SignInDto {
  /** @example "ada@example.com" */
  @IsString({ message: 'must be text' })
  @MaxLength(254, { message: 'must have at most 254 characters' })
  readonly email!: string;

  /** @example "correct horse battery staple" */
  @IsString({ message: 'must be text' })
  @MaxLength(128, { message: 'must have at most 128 characters' })
  readonly password!: string;
}
