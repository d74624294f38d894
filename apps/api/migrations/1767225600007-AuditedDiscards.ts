import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit log knows who gave a dead letter up. */
export class AuditedDiscards1767225600007 implements MigrationInterface {
  readonly name = 'AuditedDiscards1767225600007';

  async up(runner: QueryRunner): Promise<void> {
    await allow(runner, "'created', 'updated', 'deleted', 'replayed', 'discarded'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM audit_entries WHERE action = 'discarded'`);
    await allow(runner, "'created', 'updated', 'deleted', 'replayed'");
  }
}

async function allow(runner: QueryRunner, actions: string): Promise<void> {
  await runner.query(`
    ALTER TABLE audit_entries
      DROP CONSTRAINT audit_entries_action_known,
      ADD CONSTRAINT audit_entries_action_known CHECK (action IN (${actions}))`);
}
