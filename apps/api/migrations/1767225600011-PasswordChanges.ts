import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A new STAFF_PASSWORD can be told from one that its owner has changed; old audit entries are found by their time. */
export class PasswordChanges1767225600011 implements MigrationInterface {
  readonly name = 'PasswordChanges1767225600011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN seeded_password_hash text`);
    // Nobody could change a password before: those of staff are as the environment gave them.
    // signals-allow SIG012: nobody who listens has what is written here.
    await runner.query(
      `UPDATE users SET seeded_password_hash = password_hash WHERE role = 'staff'`,
    );
    await runner.query(`CREATE INDEX audit_entries_at ON audit_entries USING brin (at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX audit_entries_at`);
    await runner.query(`ALTER TABLE users DROP COLUMN seeded_password_hash`);
  }
}
