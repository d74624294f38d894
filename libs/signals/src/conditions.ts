/** For {@link ReceiverOptions.when}: the save inserted a row. */
export function created(payload: { readonly created: boolean }): boolean {
  return payload.created;
}

/** For {@link ReceiverOptions.when}: the save updated an existing row. */
export function updated(payload: { readonly created: boolean }): boolean {
  return !payload.created;
}

/**
 * For {@link ReceiverOptions.when}: the save changed at least one of these columns of an existing
 * row. A column of an embedded object is named by its path, `address.city`; `address` stands for all
 * of the object. A new row has no former values, so a creation changes nothing.
 */
export function changed(
  ...columns: readonly string[]
): (payload: { readonly changed: readonly string[] }) => boolean {
  return (payload) => columns.some((column) => payload.changed.some((path) => isIn(path, column)));
}

function isIn(path: string, column: string): boolean {
  return path === column || path.startsWith(`${column}.`);
}
