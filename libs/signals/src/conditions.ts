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
 * row. A new row has no former values, so a creation changes nothing.
 */
export function changed(
  ...columns: readonly string[]
): (payload: { readonly changed: readonly string[] }) => boolean {
  return (payload) => columns.some((column) => payload.changed.includes(column));
}
