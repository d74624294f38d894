import { call } from '../api/call.js';
import { queryClient } from '../api/queries.js';
import { begin, forget, signedIn } from './session.js';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export async function signIn(body: Credentials): Promise<void> {
  const answer = await call('post', '/api/v1/sessions', { body });
  queryClient.clear();
  begin(answer);
}

export async function register(
  account: Credentials & { readonly displayName?: string },
): Promise<void> {
  await call('post', '/api/v1/accounts', { body: account });
  await signIn({ email: account.email, password: account.password });
}

export async function signOut(where: 'here' | 'everywhere'): Promise<void> {
  await call('delete', where === 'here' ? '/api/v1/sessions/current' : '/api/v1/sessions');
  forget();
}

// Nobody sees what belonged to somebody else, also when another tab signed out or in.
signedIn.subscribe(() => {
  if (!signedIn.value) queryClient.clear();
});
