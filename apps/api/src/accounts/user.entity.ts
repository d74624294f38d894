import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import { Audited, emailKey, newId } from '../platform/index.js';

export type Role = 'customer' | 'staff';

export interface Registration {
  readonly email: string;
  readonly passwordHash: string;
  readonly role: Role;
  readonly displayName: string | undefined;
}

/** The constraint that lets an e-mail register once, however many ask at the same time. */
export const EMAIL_KEY_UNIQUE = 'users_email_key_unique';

@Audited<User>({ columns: ['email', 'role', 'passwordChangedAt'] })
@Entity('users')
export class User {
  @PrimaryColumn('uuid')
  id!: string;

  /** As its owner writes it. */
  @Column('text')
  email!: string;

  /** The e-mail in the one spelling that is unique. */
  @Column('text')
  emailKey!: string;

  @Column('text', { select: false })
  passwordHash!: string;

  /** Of the password that the environment gave the account at its last start; null where none did. */
  @Column('text', { nullable: true, select: false })
  seededPasswordHash!: string | null;

  /** Null as long as it is the one that the account was made with. */
  @Column('timestamptz', { nullable: true })
  passwordChangedAt!: Date | null;

  @Column('text')
  role!: Role;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  /** Not a column: how whoever registers wants to be called, for the profile that follows the user. */
  displayName?: string;

  static register({ email, passwordHash, role, displayName }: Registration): User {
    const user = new User();
    user.id = newId();
    user.email = email;
    user.emailKey = emailKey(email);
    user.passwordHash = passwordHash;
    user.seededPasswordHash = role === 'staff' ? passwordHash : null;
    user.passwordChangedAt = null;
    user.role = role;
    if (displayName !== undefined) user.displayName = displayName;
    return user;
  }
}
