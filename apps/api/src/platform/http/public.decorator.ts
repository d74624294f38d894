import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

export const PUBLIC = Symbol('public');
export const PUBLIC_EXTENSION = 'x-public';

/** Opens a route, or every route of a controller, to callers who are not signed in. */
export function Public() {
  return applyDecorators(SetMetadata(PUBLIC, true), ApiExtension(PUBLIC_EXTENSION, true));
}
