import type { PipeTransform } from '@nestjs/common';
import { validate } from 'uuid';
import type { NotFoundError } from './domain.errors.js';

/**
 * Reads an id from the path: `@Param('id', new IdPipe(OrderNotFoundError)) id: string`.
 * What cannot be an id names nothing, so it is answered like an id that nobody has.
 */
export class IdPipe implements PipeTransform<string, string> {
  constructor(private readonly notFound: new (id: string) => NotFoundError) {}

  transform(value: string): string {
    if (!validate(value)) throw new this.notFound(value);
    return value.toLowerCase();
  }
}
