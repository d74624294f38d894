import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, IsUUID, Max, Min } from 'class-validator';
import { ListOf } from '../platform/index.js';

export class LineToOrderDto {
  /** A product of the catalogue; each product takes one line. */
  @IsUUID(undefined, { message: 'must be the id of a product' })
  readonly productId!: string;

  /** How many, 1 to 1000. The price comes from the catalogue. */
  @ApiProperty({ type: 'integer' })
  @IsInt({ message: 'must be a whole number from 1 to 1000' })
  @Min(1, { message: 'must be a whole number from 1 to 1000' })
  @Max(1000, { message: 'must be a whole number from 1 to 1000' })
  readonly quantity!: number;
}

export class PlaceOrderDto {
  /** What to buy, 1 to 50 lines. */
  @IsArray({ message: 'must be a list of 1 to 50 lines' })
  @ArrayMinSize(1, { message: 'must be a list of 1 to 50 lines' })
  @ArrayMaxSize(50, { message: 'must be a list of 1 to 50 lines' })
  @ListOf(LineToOrderDto, 'must be a line { productId, quantity }')
  readonly lines!: LineToOrderDto[];
}
