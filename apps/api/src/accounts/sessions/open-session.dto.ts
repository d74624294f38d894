import { PageOf } from '../../platform/index.js';
import type { OpenSession } from './sessions.service.js';

export class OpenSessionDto {
  readonly id!: string;
  readonly startedAt!: Date;
  /** When it was last renewed, which one that is in use is every quarter of an hour. */
  readonly renewedAt!: Date;
  readonly expiresAt!: Date;
  /** Whether it is the one that asks. */
  readonly isCurrent!: boolean;

  static of({ id, session, renewedAt }: OpenSession, currentId: string): OpenSessionDto {
    const { createdAt, expiresAt } = session;
    return { id, startedAt: createdAt, renewedAt, expiresAt, isCurrent: id === currentId };
  }
}

export class OpenSessionPageDto extends PageOf(OpenSessionDto) {}
