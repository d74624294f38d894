import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Signals } from 'nestjs-signals';
import { Configuration } from '../platform/index.js';
import { EmailTakenError } from './accounts.errors.js';
import { AccountsService } from './accounts.service.js';
import { PasswordChanges } from './password-changes.js';

/** Makes the first staff account, which nobody could register, and lets a new STAFF_PASSWORD take effect. Start it as often as wanted, everywhere at once. */
@Injectable()
export class StaffSeeder implements OnApplicationBootstrap {
  private readonly logger = new Logger(StaffSeeder.name);

  constructor(
    private readonly configuration: Configuration,
    private readonly accounts: AccountsService,
    private readonly passwords: PasswordChanges,
    private readonly signals: Signals,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { staff } = this.configuration;
    if (!staff) return;
    const existing = await this.accounts.findByEmail(staff.email);
    if (!existing) {
      await this.seed(staff.email, staff.password);
    } else if (existing.role === 'staff') {
      await this.passwords.byEnvironment(existing, staff.password);
    } else {
      this.logger.warn(
        `${staff.email} registered as a customer and stays one. Give STAFF_EMAIL another address.`,
      );
    }
  }

  private async seed(email: string, password: string): Promise<void> {
    try {
      await this.signals.mute({ dispatchUid: 'notifications.sendWelcome' }, () =>
        this.accounts.register({ email, password, displayName: 'Staff', role: 'staff' }),
      );
    } catch (error) {
      if (!(error instanceof EmailTakenError)) throw error; // another process was quicker
    }
  }
}
