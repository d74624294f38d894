import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An order knows whether its receipt is issued; the sandbox remembers for all processes what it charged. */
export class DurableReceipts1767225600008 implements MigrationInterface {
  readonly name = 'DurableReceipts1767225600008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE orders ADD COLUMN receipt_number text`);
    await runner.query(`
      UPDATE orders SET receipt_number = receipts.number
      FROM receipts WHERE receipts.order_id = orders.id`);
    await runner.query(`
      CREATE TABLE sandbox_charges (
        reference text PRIMARY KEY,
        result jsonb NOT NULL,
        at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE sandbox_charges`);
    await runner.query(`ALTER TABLE orders DROP COLUMN receipt_number`);
  }
}
