import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Configuration, DEMO_STAFF, emailKey, StartupError } from '../platform/index.js';
import { Passwords } from './passwords.js';
import { User } from './user.entity.js';

/** Everybody could sign in as staff. */
export class DemoPasswordError extends StartupError {
  override readonly name = 'DemoPasswordError';

  constructor(email: string) {
    super(
      `${email} is staff in this database and has the password of the demo, which everybody knows: it was used in development. ` +
        `Give the account another password: set STAFF_EMAIL=${email} and STAFF_PASSWORD. Or delete it: DELETE FROM users WHERE email = '${email}'.`,
    );
  }
}

@Injectable()
export class DemoPasswordCheck implements OnModuleInit {
  constructor(
    private readonly configuration: Configuration,
    private readonly dataSource: DataSource,
    private readonly passwords: Passwords,
  ) {}

  async onModuleInit(): Promise<void> {
    const { isProduction, staff: configured } = this.configuration;
    if (!isProduction) return;
    const everybody = await this.dataSource.manager.find(User, {
      select: { id: true, email: true, emailKey: true, passwordHash: true },
      where: { role: 'staff' },
    });
    for (const { email, emailKey: key, passwordHash } of everybody) {
      // It is about to get the password of the environment.
      if (configured && key === emailKey(configured.email)) continue;
      const isPublic = await this.passwords.matches(DEMO_STAFF.password, passwordHash);
      if (isPublic) throw new DemoPasswordError(email);
    }
  }
}
