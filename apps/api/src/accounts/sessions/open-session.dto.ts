import type { OpenSession } from './sessions.service.js';

export class OpenSessionDto {
  readonly id!: string;
  readonly startedAt!: Date;
  /** When it was last renewed, which one that is in use is every quarter of an hour. */
  readonly renewedAt!: Date;
  readonly expiresAt!: Date;
  /** Whether it is the one that asks. */
  readonly isCurrent!: boolean;

  static of({ session, renewedAt }: OpenSession, currentId: string): OpenSessionDto {
    const { id, createdAt, expiresAt } = session;
    return { id, startedAt: createdAt, renewedAt, expiresAt, isCurrent: id === currentId };
  }
}
