import './manager.js';

export { Atomic, AtomicDeclarationError } from './atomic.decorator.js';
export {
  atomic,
  currentManager,
  NestedAtomicError,
  type AtomicOptions,
  type IsolationLevel,
} from './atomic.js';
export {
  postDelete,
  postRestore,
  postSave,
  postSoftDelete,
  preDelete,
  preRestore,
  preSave,
  preSoftDelete,
} from './model-signals.js';
export type { ModelEvent, PostDelete, PostSave, PreDelete, PreSave } from './model-signals.js';
export type { StoredModelEvent, StoredSave, StoredValue } from './stored-models.js';
export { postBulk, preBulk } from './bulk-signals.js';
export type { BulkOperation, PostBulk, PreBulk } from './bulk-signals.js';
export { NotManyToManyError } from './links.js';
export { m2mChanged, type M2mAction, type M2mChanged } from './m2m-signals.js';
export { NotAttachedError, relation, RelatedMembers } from './relation.js';
export type { MemberOf, SetOptions } from './relation.js';
export { onCommit, onRollback, type OnCommitOptions } from './on-commit.js';
export { BlockedStatementError } from './patience.js';
export { ParallelSavepointError } from './savepoint.js';
export { PreparedTransactionError } from './prepared-transaction.error.js';
export { NoDataSourceError, UnsupportedDatabaseError } from './supported.js';
export { TransactionAbortedError } from './transaction-aborted.error.js';

export { NotInTransactionError, withinTransaction } from './within-transaction.js';
export { typeOrmSignals, type TypeOrmSignalsOptions } from './typeorm-signals.js';
