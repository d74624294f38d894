import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Role } from '../user.entity.js';

/** Who sends a request, as the database knows it now. */
export interface SignedIn {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly sessionId: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard of every route that is not public. */
    signedIn?: SignedIn;
  }
}

export const STAFF_ONLY = Symbol('staff only');

/** Closes a route, or every route of a controller, to everybody but staff. */
export const StaffOnly = () => SetMetadata(STAFF_ONLY, true);

/** The signed-in user as a parameter: `@CurrentUser() user: SignedIn`. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): SignedIn => {
    const { signedIn } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!signedIn)
      throw new Error('@CurrentUser() stands on a public route, where nobody is signed in.');
    return signedIn;
  },
);
