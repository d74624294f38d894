import { Injectable } from '@nestjs/common';
import { Receiver, type ReceiverContext } from 'nestjs-signals';
import { postDelete, postSave, type PostDelete, type PostSave } from 'nestjs-signals/typeorm';
import type { QueryDeepPartialEntity } from 'typeorm';
import { auditedColumns, RequestContext } from '../platform/index.js';
import { AuditEntry, type AuditAction, type Changes } from './audit-entry.entity.js';

/** Hears every saved and every deleted row; what cannot be recorded is not done either. */
@Injectable()
export class RecordChangeReceiver {
  constructor(private readonly requests: RequestContext) {}

  @Receiver(postSave, { robust: false, dispatchUid: 'audit.record' })
  async recordSave(saved: PostSave<unknown>, context: ReceiverContext): Promise<void> {
    const audited = columnsOf(context);
    const columns = saved.created ? audited : audited.filter((c) => saved.changed.includes(c));
    const changes = differences(columns, saved.created ? {} : saved.previous, saved.instance);
    await this.record(saved.created ? 'created' : 'updated', saved.id, changes, context);
  }

  @Receiver(postDelete, { robust: false, dispatchUid: 'audit.record' })
  async recordDelete(deleted: PostDelete<unknown>, context: ReceiverContext): Promise<void> {
    const changes = differences(columnsOf(context), deleted.instance, {});
    await this.record('deleted', deleted.id, changes, context);
  }

  private async record(
    action: AuditAction,
    id: unknown,
    changes: Changes,
    { sender, manager }: ReceiverContext,
  ): Promise<void> {
    if (typeof sender !== 'function' || Object.keys(changes).length === 0) return;
    const entry = AuditEntry.of({
      entity: sender.name,
      entityId: typeof id === 'string' ? id : JSON.stringify(id),
      action,
      changes,
      actorId: this.requests.current?.actorId ?? null,
    });
    // Inserted, not saved: an audited audit would never end. The type knows no JSON columns.
    await manager.insert(AuditEntry, entry as QueryDeepPartialEntity<AuditEntry>);
  }
}

function columnsOf({ sender }: ReceiverContext): readonly string[] {
  return (typeof sender === 'function' && auditedColumns(sender)) || [];
}

function differences(columns: readonly string[], before: unknown, after: unknown): Changes {
  const value = (row: unknown, column: string): unknown =>
    (row as Record<string, unknown>)[column] ?? null;
  return Object.fromEntries(
    columns.map((column) => [column, { old: value(before, column), new: value(after, column) }]),
  );
}
