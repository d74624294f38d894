import { IsOptional, IsString, Length } from 'class-validator';

export class PayOrderDto {
  /** What the payment gateway's form gave for the card. Sandbox: `tok_ok`, `tok_declined`, `tok_timeout`, `tok_timeout_once`. */
  @IsOptional()
  @IsString({ message: 'must be a text of 1 to 255 characters' })
  @Length(1, 255, { message: 'must be a text of 1 to 255 characters' })
  readonly paymentToken?: string;
}
