import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Orders that nobody pays are cancelled; receipts know when they were mailed. */
export class Deliveries1767225600004 implements MigrationInterface {
  readonly name = 'Deliveries1767225600004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE orders
        DROP CONSTRAINT orders_status_check,
        ADD CONSTRAINT orders_status_check CHECK (status IN ('pending', 'paid', 'cancelled')),
        ADD COLUMN cancelled_at timestamptz,
        ADD CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL))`);
    await runner.query(`ALTER TABLE receipts ADD COLUMN mailed_at timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE receipts DROP COLUMN mailed_at`);
    await runner.query(`UPDATE orders SET status = 'pending', cancelled_at = NULL
      WHERE status = 'cancelled'`);
    await runner.query(`
      ALTER TABLE orders
        DROP COLUMN cancelled_at,
        DROP CONSTRAINT orders_status_check,
        ADD CONSTRAINT orders_status_check CHECK (status IN ('pending', 'paid'))`);
  }
}
