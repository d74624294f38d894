import { defineSignal } from 'nestjs-signals';

export interface PasswordChanged {
  readonly userId: string;
  readonly email: string;
  readonly changedAt: string;
}

export const passwordChanged = defineSignal<PasswordChanged>('accounts.passwordChanged', {
  description: 'An account got another password. Sent inside the transaction that changed it.',
});
