import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import { newId } from '../../platform/index.js';

const LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;

/** A stay of a user on one device, from signing in to signing out; however often renewed, it ends after 30 days. */
@Entity('sessions')
export class Session {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  userId!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz', { nullable: true })
  endedAt!: Date | null;

  static begin(userId: string): Session {
    const session = new Session();
    session.id = newId();
    session.userId = userId;
    session.expiresAt = new Date(Date.now() + LIFETIME_MS);
    session.endedAt = null;
    return session;
  }
}

/** Renews its session once. Only the hash is kept: who reads the table cannot sign in. */
@Entity('refresh_tokens')
export class RefreshToken {
  @PrimaryColumn('text')
  hash!: string;

  @Column('uuid')
  sessionId!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column('timestamptz', { nullable: true })
  usedAt!: Date | null;

  static of(sessionId: string, hash: string): RefreshToken {
    const token = new RefreshToken();
    token.hash = hash;
    token.sessionId = sessionId;
    token.usedAt = null;
    return token;
  }
}
