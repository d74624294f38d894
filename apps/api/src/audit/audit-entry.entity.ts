import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import { newId } from '../platform/index.js';

export type AuditAction = 'created' | 'updated' | 'deleted' | 'replayed' | 'discarded';

/** Old and new value by property; null where there is none. */
export type Changes = Readonly<Record<string, { readonly old: unknown; readonly new: unknown }>>;

/** One change of one row, written in the transaction that made it. */
@Entity('audit_entries')
export class AuditEntry {
  @PrimaryColumn('uuid')
  id!: string;

  /** The name of the entity's class, or `DeadLetter`. */
  @Column('text')
  entity!: string;

  @Column('text')
  entityId!: string;

  @Column('text')
  action!: AuditAction;

  @Column('jsonb')
  changes!: Changes;

  /** Who was signed in; null where nobody was: registering, seeds, background work. */
  @Column('uuid', { nullable: true })
  actorId!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  at!: Date;

  static of(facts: Omit<AuditEntry, 'id' | 'at'>): AuditEntry {
    return Object.assign(new AuditEntry(), facts, { id: newId() });
  }
}
