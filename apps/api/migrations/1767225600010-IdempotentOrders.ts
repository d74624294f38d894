import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A customer who places an order twice under one key has placed it once. */
export class IdempotentOrders1767225600010 implements MigrationInterface {
  readonly name = 'IdempotentOrders1767225600010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE orders
        ADD COLUMN idempotency_key text,
        ADD COLUMN request_fingerprint text,
        ADD CONSTRAINT orders_idempotency_key_unique UNIQUE (customer_id, idempotency_key),
        ADD CHECK ((idempotency_key IS NULL) = (request_fingerprint IS NULL))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE orders DROP COLUMN idempotency_key, DROP COLUMN request_fingerprint`);
  }
}
