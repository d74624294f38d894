import { ValidateIf } from 'class-validator';
import { IsBio, IsDisplayName } from './field-decorators.js';

const given = (_profile: UpdateProfileDto, value: unknown): boolean => value !== undefined;

/** What is left out stays as it is. */
export class UpdateProfileDto {
  /** 1 to 80 characters. */
  @ValidateIf(given)
  @IsDisplayName()
  readonly displayName?: string;

  /** At most 500 characters. */
  @ValidateIf(given)
  @IsBio()
  readonly bio?: string;
}
