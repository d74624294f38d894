import type { MigrationInterface, QueryRunner } from 'typeorm';

/** That a password was changed is told and audited; null for one that is as it was at first. */
export class AuditedPasswordChanges1767225600012 implements MigrationInterface {
  readonly name = 'AuditedPasswordChanges1767225600012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN password_changed_at timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users DROP COLUMN password_changed_at`);
  }
}
