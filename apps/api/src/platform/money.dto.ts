import { ApiProperty } from '@nestjs/swagger';

/** An exact amount of money. */
export class Money {
  /** In minor units (cents), always a whole number. */
  @ApiProperty({ type: 'integer', example: 1250 })
  readonly amount!: number;

  /** ISO 4217. */
  @ApiProperty({ example: 'EUR' })
  readonly currency!: string;
}
