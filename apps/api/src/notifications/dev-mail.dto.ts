import { IsOptional, IsString } from 'class-validator';

export class DevMailQuery {
  /** Only the mails to this address. */
  @IsOptional()
  @IsString({ message: 'must be an e-mail address' })
  readonly to?: string;
}
