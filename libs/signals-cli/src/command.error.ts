/** What a command cannot do for a reason that its user can mend: its message is all that is printed. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
