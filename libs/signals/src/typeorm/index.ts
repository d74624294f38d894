import './manager.js';

export { atomic, currentManager, NestedAtomicError } from './transactions/atomic.js';
export {
  postDelete,
  postRestore,
  postSave,
  postSoftDelete,
  preDelete,
  preRestore,
  preSave,
  preSoftDelete,
} from './models/model-signals.js';
export type { ModelEvent, PostDelete, PostSave, PreDelete, PreSave } from './models/model-event.js';
export type {
  SerializedModelEvent,
  SerializedSave,
  SerializedValue,
} from './models/serialized-models.js';
export { postBulk, preBulk } from './bulk/bulk-signals.js';
export type { BulkOperation, PostBulk, PreBulk } from './bulk/bulk-signals.js';
export { NotManyToManyError } from './many-to-many/join-rows.js';
export { m2mChanged, type M2mAction, type M2mChanged } from './many-to-many/m2m-changed.js';
export { NotAttachedError, manyToMany, RelatedMembers } from './many-to-many/many-to-many.js';
export type { MemberOf, SetOptions } from './many-to-many/many-to-many.js';
export { onCommit, onRollback, type OnCommitOptions } from './transactions/on-commit.js';
export { BlockedStatementError } from './patience.js';
export { ParallelSavepointError } from './transactions/transaction-level.js';
export { PreparedTransactionError } from './transactions/prepared-transaction.error.js';
export { NoDataSourceError, UnsupportedDatabaseError } from './supported.js';
export { transactionsOf } from './transactions/transactions-of.js';
export { TransactionAbortedError } from './transactions/transaction-aborted.error.js';

export { NotInTransactionError, withinTransaction } from './transactions/within-transaction.js';
export {
  besideTransaction,
  WriteBesideTransactionError,
  type WritesBesidePolicy,
} from './transactions/writes-beside.js';
export { typeOrmSignals, type TypeOrmSignalsOptions } from './typeorm-signals.js';
