import { applyDecorators, type Type } from '@nestjs/common';
import { Transform, Type as TypeOf } from 'class-transformer';
import { ValidateNested } from 'class-validator';

/**
 * A list whose items are objects of a class, each of them validated: `@ListOf(LineToOrderDto, 'must be a line')`.
 * The message is for an item that is no object.
 */
export const ListOf = (type: Type, message: string) =>
  applyDecorators(
    TypeOf(() => type),
    Transform(({ value }: { value: unknown }) =>
      Array.isArray(value) ? value.map(withoutList) : value,
    ),
    ValidateNested({ each: true, message }),
  );

/** class-validator looks into a list in a list, and finds nothing wrong with an empty one. */
function withoutList(item: unknown): unknown {
  return Array.isArray(item) ? null : item;
}
