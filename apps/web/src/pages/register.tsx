import { useMutation } from '@tanstack/preact-query';
import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { asFailure } from '../api/failure.js';
import { Button } from '../parts/button.js';
import { Field, PasswordField } from '../parts/field.js';
import { fieldsOf } from '../parts/fields-of.js';
import { Page } from '../parts/page.js';
import { Problem } from '../parts/problem.js';
import { nextAddress } from '../session/next-address.js';
import { strengthOf } from '../session/password-strength.js';
import { register } from '../session/sign-in.js';

const LABELS = { '/email': 'E-mail', '/password': 'Password', '/displayName': 'Your name' };

export function Register() {
  const { query, route } = useLocation();
  const [password, setPassword] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: register,
    onSuccess: () => route(nextAddress(query, '/products')),
  });
  const failure = error ? asFailure(error) : undefined;
  const taken = failure?.code === 'email-taken' ? 'has an account already' : undefined;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const { email = '', displayName } = fieldsOf(event);
    mutate({ email, password, ...(displayName && { displayName }) });
  };

  return (
    <Page title="Create an account" lead="Your profile is made along with it.">
      <Problem failure={failure} fields={LABELS}>
        {taken && (
          <p>
            <a href="/sign-in">Sign in instead</a>
          </p>
        )}
      </Problem>
      <form onSubmit={submit} noValidate class="card">
        <Field
          name="displayName"
          label="Your name"
          hint="May stay empty; then it is what stands before the @."
          autocomplete="name"
          error={failure?.about('/displayName')}
        />
        <Field
          name="email"
          label="E-mail"
          type="email"
          autocomplete="username"
          required
          error={failure?.about('/email') ?? taken}
        />
        <PasswordField
          autocomplete="new-password"
          hint={<span aria-live="polite">{strengthOf(password)}</span>}
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
          error={failure?.about('/password')}
        />
        <Button type="submit" busy={isPending && 'Creating…'}>
          Create the account
        </Button>
      </form>
      <p>
        You have one? <a href="/sign-in">Sign in</a>
      </p>
    </Page>
  );
}
