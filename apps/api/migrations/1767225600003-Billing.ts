import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Billing1767225600003 implements MigrationInterface {
  readonly name = 'Billing1767225600003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payments (
        id uuid PRIMARY KEY,
        order_id uuid NOT NULL,
        method text NOT NULL CHECK (method IN ('card', 'bank_transfer', 'cash')),
        status text NOT NULL
          CHECK (status IN ('processing', 'succeeded', 'declined', 'unsettled', 'cancelled')),
        amount bigint NOT NULL CHECK (amount > 0),
        currency char(3) NOT NULL,
        idempotency_key text,
        request_fingerprint text,
        gateway_reference text,
        decline_reason text,
        created_at timestamptz NOT NULL,
        attempted_at timestamptz NOT NULL,
        settled_at timestamptz,
        UNIQUE (order_id, idempotency_key),
        CHECK ((status IN ('processing', 'unsettled')) = (settled_at IS NULL))
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX payments_one_open_per_order ON payments (order_id)
      WHERE status IN ('processing', 'unsettled')`);
    await runner.query(`
      CREATE UNIQUE INDEX payments_one_succeeded_per_order ON payments (order_id)
      WHERE status = 'succeeded'`);

    await runner.query(`
      CREATE TABLE receipt_counters (
        year integer PRIMARY KEY,
        last_number integer NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE receipts (
        id uuid PRIMARY KEY,
        number text NOT NULL UNIQUE,
        order_id uuid NOT NULL UNIQUE,
        customer_id uuid NOT NULL,
        lines jsonb NOT NULL,
        total_amount bigint NOT NULL,
        currency char(3) NOT NULL,
        issued_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE receipts`);
    await runner.query(`DROP TABLE receipt_counters`);
    await runner.query(`DROP TABLE payments`);
  }
}
