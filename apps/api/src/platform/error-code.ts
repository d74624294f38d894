/**
 * The code that Node and PostgreSQL give their errors. Asks for the property, not for the class: an error may
 * come from another realm.
 */
export function errorCode(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
