import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { atomic } from 'nestjs-signals/typeorm';
import { DataSource, In, IsNull, LessThan, MoreThan, Not, type EntityManager } from 'typeorm';
import { emailKey, type PageQuery } from '../../platform/index.js';
import { Passwords } from '../passwords.js';
import { User } from '../user.entity.js';
import { AccessTokens } from './access-tokens.js';
import { RefreshToken, Session } from './session.entity.js';
import { SessionNotFoundError, WrongCredentialsError } from './sessions.errors.js';
import type { SignedIn } from './signed-in.js';

export interface SessionTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: Date;
}

export interface OpenSession {
  readonly id: string;
  readonly session: Session;
  /** When it was last seen: a session that is in use is renewed every quarter of an hour. */
  readonly renewedAt: Date;
}

@Injectable()
export class SessionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly passwords: Passwords,
    private readonly accessTokens: AccessTokens,
  ) {}

  async signIn(email: string, password: string): Promise<SessionTokens> {
    const user = await this.dataSource.manager.findOne(User, {
      select: { id: true, role: true, passwordHash: true },
      where: { emailKey: emailKey(email) },
    });
    const matches = await this.passwords.matches(password, user?.passwordHash);
    if (!user || !matches) throw new WrongCredentialsError();

    const { passwordHash } = user;
    return atomic(this.dataSource, async (manager) => {
      const isCurrent = await manager.findOne(User, {
        select: { id: true },
        where: { id: user.id, passwordHash },
        lock: { mode: 'pessimistic_read' },
      });
      if (!isCurrent) throw new WrongCredentialsError(); // the password was changed meanwhile
      await forgetFinished(manager, user.id);
      const session = await manager.save(Session.begin(user.id));
      return this.issue(manager, session, user);
    });
  }

  /**
   * Trades a refresh token for new tokens, once. A token that comes a second time is in two hands, and nobody
   * can tell whose are the right ones: the session ends. Two requests with one token at the same time are that
   * case too. Undefined when there is nothing to renew.
   */
  refresh(refreshToken: string): Promise<SessionTokens | undefined> {
    const hash = digest(refreshToken);
    const now = new Date();
    return atomic(this.dataSource, async (manager) => {
      const use = await manager.update(RefreshToken, { hash, usedAt: IsNull() }, { usedAt: now });
      const token = await manager.findOneBy(RefreshToken, { hash });
      if (!token) return undefined;
      if (!use.affected) {
        await end(manager, token.sessionId);
        return undefined;
      }
      const session = await manager.findOneBy(Session, {
        id: token.sessionId,
        endedAt: IsNull(),
        expiresAt: MoreThan(now),
      });
      if (!session) return undefined;
      const user = await manager.findOneByOrFail(User, { id: session.userId });
      return this.issue(manager, session, user);
    });
  }

  /** Where the user is signed in, the latest first, with one more than the page has, if there is one. */
  async openOf(userId: string, { cursor, limit }: PageQuery): Promise<OpenSession[]> {
    const { entities, raw } = await this.dataSource.manager
      .createQueryBuilder(Session, 'session')
      .addSelect(
        (query) =>
          query
            .select('max(token.createdAt)')
            .from(RefreshToken, 'token')
            .where('token.sessionId = session.id'),
        'renewed_at',
      )
      .where({
        userId,
        endedAt: IsNull(),
        expiresAt: MoreThan(new Date()),
        ...(cursor !== undefined && { id: LessThan(cursor) }),
      })
      .orderBy('session.id', 'DESC')
      .limit(limit + 1)
      .getRawAndEntities<{ readonly renewed_at: Date }>();
    return entities.map((session, index) => ({
      id: session.id,
      session,
      renewedAt: raw[index]?.renewed_at ?? session.createdAt,
    }));
  }

  /** Which of these sessions have not ended. */
  async openAmong(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const open = await this.dataSource.manager.find(Session, {
      select: { id: true },
      where: { id: In([...ids]), endedAt: IsNull(), expiresAt: MoreThan(new Date()) },
    });
    return new Set(open.map(({ id }) => id));
  }

  /** @throws SessionNotFoundError when the user has no such session that is open. */
  async end(id: string, userId: string): Promise<void> {
    const { affected } = await this.dataSource.manager.update(
      Session,
      { id, userId, endedAt: IsNull() },
      { endedAt: new Date() },
    );
    if (!affected) throw new SessionNotFoundError(id);
  }

  /** Ends every session of the user, wherever they are signed in. */
  async endAll(userId: string): Promise<void> {
    await this.dataSource.manager.update(
      Session,
      { userId, endedAt: IsNull() },
      { endedAt: new Date() },
    );
  }

  /** Asks the database each time: signing out and a new role hold from the next request on. */
  async whoSends(accessToken: string): Promise<SignedIn | undefined> {
    const claims = await this.accessTokens.read(accessToken);
    if (!claims) return undefined;
    const user = await this.dataSource.manager
      .createQueryBuilder(User, 'user')
      .innerJoin(Session, 'session', 'session.userId = user.id')
      .where('user.id = :userId AND session.id = :sessionId', claims)
      .andWhere('session.endedAt IS NULL AND session.expiresAt > now()')
      .getOne();
    return user
      ? { id: user.id, email: user.email, role: user.role, sessionId: claims.sessionId }
      : undefined;
  }

  private async issue(
    manager: EntityManager,
    session: Session,
    user: User,
  ): Promise<SessionTokens> {
    const refreshToken = randomBytes(32).toString('base64url');
    await manager.save(RefreshToken.of(session.id, digest(refreshToken)));
    const accessToken = await this.accessTokens.sign({
      userId: user.id,
      sessionId: session.id,
      role: user.role,
    });
    return { accessToken, refreshToken, expiresAt: session.expiresAt };
  }
}

async function end(manager: EntityManager, sessionId: string): Promise<void> {
  await manager.update(Session, { id: sessionId, endedAt: IsNull() }, { endedAt: new Date() });
}

async function forgetFinished(manager: EntityManager, userId: string): Promise<void> {
  await manager.delete(Session, { userId, expiresAt: LessThan(new Date()) });
  await manager.delete(Session, { userId, endedAt: Not(IsNull()) });
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
