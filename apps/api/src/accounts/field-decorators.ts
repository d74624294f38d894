import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString, Length, MaxLength, ValidateBy } from 'class-validator';
import { isEmailAddress } from '../platform/index.js';

const Trimmed = () =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

export const IsEmailAddress = () =>
  applyDecorators(
    Trimmed(),
    ValidateBy({
      name: 'isEmailAddress',
      validator: {
        validate: (value) => typeof value === 'string' && isEmailAddress(value),
        defaultMessage: () => 'must be an e-mail address',
      },
    }),
  );

export const IsDisplayName = () =>
  applyDecorators(Trimmed(), Length(1, 80, { message: 'must have 1 to 80 characters' }));

export const IsBio = () =>
  applyDecorators(
    Trimmed(),
    IsString({ message: 'must be text' }),
    MaxLength(500, { message: 'must have at most 500 characters' }),
  );
