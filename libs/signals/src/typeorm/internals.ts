import type { DataSource, EntityMetadata, EntitySubscriberInterface } from 'typeorm';

/** Named by TypeORM 1; 0.3 keeps it in a file of its own. */
export type RelationMetadata = EntityMetadata['relations'][number];

/** Generic in TypeORM 0.3, and not in 1. */
export type AfterQueryEvent = Parameters<NonNullable<EntitySubscriberInterface['afterQuery']>>[0];

export type BeforeQueryEvent = Parameters<NonNullable<EntitySubscriberInterface['beforeQuery']>>[0];

/** A manager, a query runner or a query builder. TypeORM 0.3 says `connection`. */
export interface PartOfDataSource {
  readonly dataSource?: DataSource;
  readonly connection?: DataSource;
}

export function dataSourceOf(part: PartOfDataSource): DataSource {
  return (part.dataSource ?? part.connection) as DataSource;
}
