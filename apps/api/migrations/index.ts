import type { MigrationInterface } from 'typeorm';
import { Accounts1767225600000 } from './1767225600000-Accounts.js';
import { Audit1767225600001 } from './1767225600001-Audit.js';
import { Orders1767225600002 } from './1767225600002-Orders.js';
import { Billing1767225600003 } from './1767225600003-Billing.js';
import { Deliveries1767225600004 } from './1767225600004-Deliveries.js';
import { ReceiptRequests1767225600005 } from './1767225600005-ReceiptRequests.js';
import { AuditedReplays1767225600006 } from './1767225600006-AuditedReplays.js';
import { AuditedDiscards1767225600007 } from './1767225600007-AuditedDiscards.js';
import { DurableReceipts1767225600008 } from './1767225600008-DurableReceipts.js';
import { UndeliverableReceipts1767225600009 } from './1767225600009-UndeliverableReceipts.js';
import { IdempotentOrders1767225600010 } from './1767225600010-IdempotentOrders.js';
import { PasswordChanges1767225600011 } from './1767225600011-PasswordChanges.js';
import { AuditedPasswordChanges1767225600012 } from './1767225600012-AuditedPasswordChanges.js';

/** Every change of the schema, in the order in which they are applied. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  Accounts1767225600000,
  Audit1767225600001,
  Orders1767225600002,
  Billing1767225600003,
  Deliveries1767225600004,
  ReceiptRequests1767225600005,
  AuditedReplays1767225600006,
  AuditedDiscards1767225600007,
  DurableReceipts1767225600008,
  UndeliverableReceipts1767225600009,
  IdempotentOrders1767225600010,
  PasswordChanges1767225600011,
  AuditedPasswordChanges1767225600012,
];
