import { Injectable, Logger } from '@nestjs/common';
import { Signals } from 'nestjs-signals';
import { atomic } from 'nestjs-signals/typeorm';
import { DataSource, IsNull, Not, type EntityManager } from 'typeorm';
import { passwordFault, ValidationFailedError } from '../platform/index.js';
import { WrongPasswordError } from './accounts.errors.js';
import { passwordChanged } from './accounts.signals.js';
import type { ChangePasswordDto } from './change-password.dto.js';
import { Passwords } from './passwords.js';
import { Session } from './sessions/session.entity.js';
import type { SignedIn } from './sessions/signed-in.js';
import { User } from './user.entity.js';

/** A new password ends the sessions that were begun with the old one, and its owner is told. */
@Injectable()
export class PasswordChanges {
  private readonly logger = new Logger(PasswordChanges.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly passwords: Passwords,
    private readonly signals: Signals,
  ) {}

  /**
   * By its owner, who stays signed in here.
   *
   * @throws ValidationFailedError, WrongPasswordError
   */
  async byOwner(
    { id, email, sessionId }: SignedIn,
    { currentPassword, password }: ChangePasswordDto,
  ): Promise<void> {
    const fault = passwordFault(password, email);
    if (fault) throw new ValidationFailedError([{ pointer: '/password', detail: fault }]);
    const { passwordHash: known } = await this.hashesOf(id);
    if (!(await this.passwords.matches(currentPassword, known))) throw new WrongPasswordError();
    const passwordHash = await this.passwords.hash(password);
    await atomic(this.dataSource, async (manager) => {
      const user = await lock(manager, { id, passwordHash: known });
      if (!user) throw new WrongPasswordError(); // it was changed meanwhile
      await this.change(user, { passwordHash }, manager);
      await endSessions(manager, id, sessionId);
    });
  }

  /** By whoever starts the application: only when the password there is another one than at the last start. */
  async byEnvironment({ id, email }: User, password: string): Promise<void> {
    const known = await this.hashesOf(id);
    if (await this.passwords.matches(password, known.seededPasswordHash ?? known.passwordHash)) {
      return;
    }
    const passwordHash = await this.passwords.hash(password);
    await atomic(this.dataSource, async (manager) => {
      const { seededPasswordHash } = known;
      const user = await lock(manager, { id, seededPasswordHash: seededPasswordHash ?? IsNull() });
      if (!user) return; // another process was quicker
      await this.change(user, { passwordHash, seededPasswordHash: passwordHash }, manager);
      await endSessions(manager, id);
      this.logger.log(`${email} has the new STAFF_PASSWORD, and is signed out everywhere.`);
    });
  }

  private async change(
    user: User,
    hashes: Partial<Pick<User, 'passwordHash' | 'seededPasswordHash'>>,
    manager: EntityManager,
  ): Promise<void> {
    const passwordChangedAt = new Date();
    await manager.save(Object.assign(user, hashes, { passwordChangedAt }));
    const { id: userId, email } = user;
    const changedAt = passwordChangedAt.toISOString();
    await this.signals.send(
      passwordChanged,
      { userId, email, changedAt },
      { sender: User, manager },
    );
  }

  private hashesOf(id: string): Promise<User> {
    return this.dataSource.manager.findOneOrFail(User, {
      select: { id: true, passwordHash: true, seededPasswordHash: true },
      where: { id },
    });
  }
}

function lock(manager: EntityManager, where: object): Promise<User | null> {
  return manager.findOne(User, { where, lock: { mode: 'pessimistic_write' } });
}

async function endSessions(manager: EntityManager, userId: string, but?: string): Promise<void> {
  await manager.update(
    Session,
    { userId, endedAt: IsNull(), ...(but !== undefined && { id: Not(but) }) },
    { endedAt: new Date() },
  );
}
