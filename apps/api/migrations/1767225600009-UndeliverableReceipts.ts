import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A receipt knows when its mail was given up; an address has one key, whatever Unicode form it is written in. */
export class UndeliverableReceipts1767225600009 implements MigrationInterface {
  readonly name = 'UndeliverableReceipts1767225600009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE receipts ADD COLUMN mail_failed_at timestamptz`);
    const written = (await runner.query(
      `SELECT id, email FROM users WHERE email ~ '[^ -~]' ORDER BY id`,
    )) as { id: string; email: string }[];
    for (const { id, email } of written) {
      // Whoever has the key already keeps it.
      // signals-allow SIG012: the key is another spelling of the e-mail, which nobody who listens has.
      await runner.query(
        `UPDATE users SET email_key = $2 WHERE id = $1
         AND NOT EXISTS (SELECT FROM users WHERE email_key = $2)`,
        [id, emailKey(email)],
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE receipts DROP COLUMN mail_failed_at`);
  }
}

function emailKey(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase().normalize('NFKC');
}
