import type { Type } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type as TypeOf } from 'class-transformer';
import { IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';

/** Which page of a list is wanted. */
export class PageQuery {
  /** `nextCursor` of the page before; without it the list begins. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsUUID(undefined, { message: 'must be the nextCursor of another page' })
  readonly cursor?: string;

  /** How many items at most. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 20 })
  @IsOptional()
  @TypeOf(() => Number)
  @IsInt({ message: 'must be a whole number from 1 to 100' })
  @Min(1, { message: 'must be a whole number from 1 to 100' })
  @Max(100, { message: 'must be a whole number from 1 to 100' })
  readonly limit: number = 20;
}

export interface Page<T> {
  readonly items: T[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/**
 * Makes a page of rows in which one more than `limit` was asked for: the surplus row tells that there is a
 * next page. The cursor is the id of the last row shown, so rows must be ordered by id.
 */
export function toPage<Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  present: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(present),
    nextCursor: rows.length > limit && last ? last.id : null,
  };
}

/** The response class of a page, for OpenAPI: `class OrderPage extends PageOf(OrderDto) {}`. */
export function PageOf<Item>(item: Type<Item>): Type<Page<Item>> {
  class PageDto implements Page<Item> {
    @ApiProperty({ type: [item] })
    readonly items!: Item[];

    @ApiProperty({
      type: String,
      nullable: true,
      description: 'Ask for the next page with it; null on the last page.',
    })
    readonly nextCursor!: string | null;
  }
  return PageDto;
}
