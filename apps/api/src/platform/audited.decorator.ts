import 'reflect-metadata';

const AUDITED = Symbol('audited');

export interface AuditedOptions<Entity> {
  /** The properties whose values may be recorded. What is not listed never reaches the audit log. */
  readonly columns: readonly (keyof Entity & string)[];
}

/**
 * Marks an entity whose changes the audit module records:
 * `@Audited<User>({ columns: ['email', 'role'] })`.
 */
export function Audited<Entity>(options: AuditedOptions<Entity>) {
  return (target: abstract new (...parameters: never[]) => Entity): void => {
    Reflect.defineMetadata(AUDITED, options.columns, target);
  };
}

/** The declared columns of an entity's class, or undefined when it is not audited. */
export function auditedColumns(target: object): readonly string[] | undefined {
  return Reflect.getMetadata(AUDITED, target) as readonly string[] | undefined;
}
