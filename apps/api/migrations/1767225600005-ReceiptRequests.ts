import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Customers may have a receipt mailed once more. */
export class ReceiptRequests1767225600005 implements MigrationInterface {
  readonly name = 'ReceiptRequests1767225600005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE receipts ADD COLUMN requested_at timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE receipts DROP COLUMN requested_at`);
  }
}
