export { AuditEntry, type AuditAction, type Changes } from './audit-entry.entity.js';
export { AuditModule } from './audit.module.js';
export { AuditRetention } from './audit-retention.js';
