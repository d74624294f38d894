import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Transaction } from '../../integration/index.js';

/** A transaction, or a savepoint of it, on one query runner. */
export interface OpenTransaction extends Transaction {
  readonly manager: EntityManager;
  readonly dataSource: DataSource;
  readonly isOpen: boolean;
  savepoint<T>(work: (inner: OpenTransaction) => Promise<T>): Promise<T>;
}

/** The outermost level, which a query runner holds. */
export interface WholeTransaction extends OpenTransaction {
  readonly queryRunner: QueryRunner;
}
