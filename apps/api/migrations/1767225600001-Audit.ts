import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Audit1767225600001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_entries (
        id uuid PRIMARY KEY,
        entity text NOT NULL,
        entity_id text NOT NULL,
        action text NOT NULL,
        changes jsonb NOT NULL,
        actor_id uuid,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT audit_entries_action_known CHECK (action IN ('created', 'updated', 'deleted'))
      )`);
    await runner.query('CREATE INDEX audit_entries_entity ON audit_entries (entity, entity_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_entries');
  }
}
