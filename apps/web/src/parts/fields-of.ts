/** What was typed into the form, by the names of its fields. */
export function fieldsOf(event: SubmitEvent): Partial<Record<string, string>> {
  const entries = [...new FormData(event.currentTarget as HTMLFormElement)];
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
