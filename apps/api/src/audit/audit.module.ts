import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditEntry } from './audit-entry.entity.js';
import { AuditRetention } from './audit-retention.js';
import { RecordActionReceiver } from './record-action.receiver.js';
import { RecordChangeReceiver } from './record-change.receiver.js';

/** Who changed what. Listens to every entity and knows none: modules mark theirs with `@Audited`. */
@Module({
  imports: [TypeOrmModule.forFeature([AuditEntry])],
  providers: [AuditRetention, RecordChangeReceiver, RecordActionReceiver],
})
export class AuditModule {}
