import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Orders1767225600002 implements MigrationInterface {
  readonly name = 'Orders1767225600002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE products (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        description text NOT NULL,
        price_amount bigint NOT NULL CHECK (price_amount > 0),
        price_currency char(3) NOT NULL
      )`);

    await runner.query(`CREATE SEQUENCE order_numbers`);
    await runner.query(`
      CREATE TABLE orders (
        id uuid PRIMARY KEY,
        number text NOT NULL UNIQUE,
        customer_id uuid NOT NULL,
        status text NOT NULL CHECK (status IN ('pending', 'paid')),
        total_amount bigint NOT NULL CHECK (total_amount > 0),
        currency char(3) NOT NULL,
        created_at timestamptz NOT NULL,
        paid_at timestamptz,
        CHECK ((status = 'paid') = (paid_at IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX orders_of_customer ON orders (customer_id, id DESC)`);

    await runner.query(`
      CREATE TABLE order_lines (
        order_id uuid NOT NULL REFERENCES orders ON DELETE CASCADE,
        position integer NOT NULL,
        product_id uuid NOT NULL REFERENCES products,
        name text NOT NULL,
        quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 1000),
        unit_amount bigint NOT NULL CHECK (unit_amount > 0),
        currency char(3) NOT NULL,
        PRIMARY KEY (order_id, position),
        UNIQUE (order_id, product_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE order_lines`);
    await runner.query(`DROP TABLE orders`);
    await runner.query(`DROP SEQUENCE order_numbers`);
    await runner.query(`DROP TABLE products`);
  }
}
