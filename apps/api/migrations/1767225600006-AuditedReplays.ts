import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit log knows who had a dead letter delivered again. */
export class AuditedReplays1767225600006 implements MigrationInterface {
  readonly name = 'AuditedReplays1767225600006';

  async up(runner: QueryRunner): Promise<void> {
    await allow(runner, "'created', 'updated', 'deleted', 'replayed'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM audit_entries WHERE action = 'replayed'`);
    await allow(runner, "'created', 'updated', 'deleted'");
  }
}

async function allow(runner: QueryRunner, actions: string): Promise<void> {
  await runner.query(`
    ALTER TABLE audit_entries
      DROP CONSTRAINT audit_entries_action_known,
      ADD CONSTRAINT audit_entries_action_known CHECK (action IN (${actions}))`);
}
