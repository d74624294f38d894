import { Injectable } from '@nestjs/common';
import { atomic } from 'nestjs-signals/typeorm';
import { DataSource, In } from 'typeorm';
import { emailKey, violates } from '../platform/index.js';
import { EmailTakenError } from './accounts.errors.js';
import { Passwords } from './passwords.js';
import { Profile } from './profile.entity.js';
import { EMAIL_KEY_UNIQUE, User, type Role } from './user.entity.js';

export interface NewAccount {
  readonly email: string;
  readonly password: string;
  readonly displayName?: string | undefined;
  readonly role?: Role;
}

export interface Account {
  readonly user: User;
  readonly profile: Profile;
}

@Injectable()
export class AccountsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly passwords: Passwords,
  ) {}

  /** Saves the user; whoever listens to that, the profile first of all, acts in the same transaction. */
  async register({
    email,
    password,
    displayName,
    role = 'customer',
  }: NewAccount): Promise<Account> {
    const passwordHash = await this.passwords.hash(password);
    try {
      return await atomic(this.dataSource, async (manager) => {
        const user = await manager.save(User.register({ email, passwordHash, role, displayName }));
        const profile = await manager.findOneByOrFail(Profile, { userId: user.id });
        return { user, profile };
      });
    } catch (error) {
      if (violates(error, EMAIL_KEY_UNIQUE)) throw new EmailTakenError(email, { cause: error });
      throw error;
    }
  }

  findById(id: string): Promise<User | null> {
    return this.dataSource.manager.findOneBy(User, { id });
  }

  findByEmail(email: string): Promise<User | null> {
    return this.dataSource.manager.findOneBy(User, { emailKey: emailKey(email) });
  }

  /** The addresses of these users, by id. */
  async emailsOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const users = await this.dataSource.manager.findBy(User, { id: In([...ids]) });
    return new Map(users.map(({ id, email }) => [id, email]));
  }

  async accountOf(userId: string): Promise<Account> {
    const { manager } = this.dataSource;
    const [user, profile] = await Promise.all([
      manager.findOneByOrFail(User, { id: userId }),
      manager.findOneByOrFail(Profile, { userId }),
    ]);
    return { user, profile };
  }

  updateProfile(
    userId: string,
    changes: Partial<Pick<Profile, 'displayName' | 'bio'>>,
  ): Promise<Profile> {
    return atomic(this.dataSource, async (manager) => {
      const profile = await manager.findOneOrFail(Profile, {
        where: { userId },
        lock: { mode: 'pessimistic_write' },
      });
      return manager.save(Object.assign(profile, changes));
    });
  }
}
