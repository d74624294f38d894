/** Why the application cannot start, in words that are all an operator needs: no stack is shown with it. */
export class StartupError extends Error {
  override readonly name: string = 'StartupError';
}
