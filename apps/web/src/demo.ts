import { newKey } from './new-key.js';
import type { Credentials } from './session/sign-in.js';

const [email = '', ...words] =
  document.querySelector<HTMLMetaElement>('meta[name=demo-staff]')?.content.split(' ') ?? [];

/** How the staff of a shop that is only tried out signs in; undefined in a real one. */
export const demoStaff: Credentials | undefined = email
  ? { email, password: words.join(' ') }
  : undefined;

/** Somebody new, with a name that nobody has yet. */
export function demoCustomer(): Credentials & { readonly displayName: string } {
  const id = newKey();
  return {
    email: `visitor-${id.slice(0, 8)}@example.test`,
    password: `look around ${id}`,
    displayName: 'Visitor',
  };
}
