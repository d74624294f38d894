import { Injectable } from '@nestjs/common';
import { Receiver, type ReceiverContext } from 'nestjs-signals';
import { inspectorAction, type InspectorAction } from 'nestjs-signals-inspector';
import type { QueryDeepPartialEntity } from 'typeorm';
import { AuditEntry } from './audit-entry.entity.js';

/** Hears what somebody is about to do in the inspector; what cannot be recorded is not done. */
@Injectable()
export class RecordActionReceiver {
  @Receiver(inspectorAction, { dispatchUid: 'audit.recordAction' })
  async recordAction(action: InspectorAction, { manager }: ReceiverContext): Promise<void> {
    if (action.action !== 'replay' && action.action !== 'discard') return;
    const { letters, by } = action;
    const entries = letters.map(({ id, receiver }) =>
      AuditEntry.of({
        entity: 'DeadLetter',
        entityId: id,
        action: action.action === 'replay' ? 'replayed' : 'discarded',
        changes: {
          by: { old: null, new: by },
          receiver: {
            old: receiver,
            new: action.action === 'replay' ? (action.to ?? receiver) : null,
          },
        },
        actorId: null,
      }),
    );
    await manager.insert(AuditEntry, entries as QueryDeepPartialEntity<AuditEntry>[]);
  }
}
